import { type BitChannel, numerator, type Params, type Threshold, threshold } from '@dither/mechanisms';
import type { Declared } from '@dither/protocol';

/** Params of any mechanism of the demo. */
type AnyParams = Params & {
  readonly keep?: Threshold;
  readonly truth?: Threshold;
  /** Of texts their number. */
  readonly bits?: BitChannel | number;
  readonly channel?: BitChannel;
  readonly instantaneous?: BitChannel;
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
    randomize: (params, value, source, draw) => client.randomize(swapped(params as AnyParams), value, source, draw),
  };
}

function turned({ set, unset, digits }: BitChannel): BitChannel {
  return { set: unset, unset: set, digits };
}

/**
 * The same params with p and q exchanged. Of binary answers p = 1 - q, so the threshold turns round; unary encodings
 * and texts have both. Where only the chance to keep the value is a parameter, what is left of a swap is to keep none.
 */
function swapped(params: AnyParams): AnyParams {
  const { truth, bits, channel, instantaneous } = params;
  if (truth !== undefined) return { ...params, truth: threshold(ONE - numerator(truth)) };
  if (channel !== undefined) return { ...params, channel: turned(channel) };
  if (instantaneous !== undefined) return { ...params, instantaneous: turned(instantaneous) };
  if (typeof bits === 'object') return { ...params, bits: turned(bits) };
  return { ...params, keep: threshold(0n) };
}
