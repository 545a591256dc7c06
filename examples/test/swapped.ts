import { numerator, type Params, type Threshold, threshold } from '@dither/mechanisms';

/** Params of any mechanism of the demo. */
export type AnyParams = Params & { readonly keep?: Threshold; readonly other?: Threshold; readonly truth?: Threshold };

const ONE = 1n << 64n;

/**
 * The same params with p and q exchanged. Of binary answers p = 1 - q, so the threshold turns round; unary encodings
 * have both. GRR's q is 1/k of what p leaves: with nothing kept p falls to q, as far as its form lets it be swapped.
 */
export function swapped(params: AnyParams): AnyParams {
  const { keep, other, truth } = params;
  if (truth !== undefined) return { ...params, truth: threshold(ONE - numerator(truth)) };
  if (keep !== undefined && other !== undefined) return { ...params, keep: other, other: keep };
  return { ...params, keep: threshold(0n) };
}
