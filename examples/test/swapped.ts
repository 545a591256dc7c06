import { numerator, type Params, type Threshold, threshold } from '@dither/mechanisms';
import type { Declared } from '@dither/protocol';

/** Params of any mechanism of the demo. */
type AnyParams = Params & {
  readonly keep?: Threshold;
  readonly other?: Threshold;
  readonly truth?: Threshold;
  readonly set?: Threshold;
  readonly unset?: Threshold;
  readonly instantaneousSet?: Threshold;
  readonly instantaneousUnset?: Threshold;
};

const ONE = 1n << 64n;

/** A client that takes p for q and q for p wherever it answers. */
export function swappedClient(client: Declared['client']): Declared['client'] {
  if ('latch' in client) {
    return {
      ...client,
      report: (params, stored, source) => client.report(swapped(params as AnyParams), stored, source),
    };
  }
  return {
    ...client,
    randomize: (params, value, source) => client.randomize(swapped(params as AnyParams), value, source),
  };
}

/**
 * The same params with p and q exchanged. Of binary answers p = 1 - q, so the threshold turns round; unary encodings
 * and texts have both. Where only the chance to keep the value is a parameter, what is left of a swap is to keep none.
 */
function swapped(params: AnyParams): AnyParams {
  const { keep, other, truth, set, unset, instantaneousSet, instantaneousUnset } = params;
  if (truth !== undefined) return { ...params, truth: threshold(ONE - numerator(truth)) };
  if (set !== undefined && unset !== undefined) return { ...params, set: unset, unset: set };
  if (instantaneousSet !== undefined && instantaneousUnset !== undefined) {
    return { ...params, instantaneousSet: instantaneousUnset, instantaneousUnset: instantaneousSet };
  }
  if (keep !== undefined && other !== undefined) return { ...params, keep: other, other: keep };
  return { ...params, keep: threshold(0n) };
}
