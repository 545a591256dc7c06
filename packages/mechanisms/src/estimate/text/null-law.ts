/**
 * The law of a false text's score.
 *
 * A text that nobody holds has bits that know nothing of the data: given the data, its score, the sum of the weighted
 * residuals on the rows it sets, is that of a random column. Its cumulant generating function is a sum over cohorts,
 * and in each an average of products of exponentials over subsets of the bits: exact, whatever texts are missing from the
 * candidates and however heavy. Tails follow by the saddlepoint formula for r* (Lugannani and Rice 1980; Barndorff-Nielsen
 * 1986), whose relative error stays small far out.
 */
export interface NullLaw {
  /** The standard normal number that is exceeded as rarely as `z`, a score over its standard deviation. */
  normalOf(z: number): number;
}

/** Steps of the tilt, in standard deviations: from far below to beyond any threshold in use. */
const STEP = 0.25;
const STEPS_DOWN = 16;
const STEPS_UP = 48;

/**
 * @param pulls - weight times residual of each row
 * @param bits - rows of a cohort
 * @param bitNumbers - entry d is the probability that a text sets d bits in a cohort, all sets of d alike
 */
export function nullLaw(pulls: Float64Array, bits: number, bitNumbers: Float64Array): NullLaw {
  const rest = cumulants(pulls, bits, bitNumbers, 0);
  const deviation = Math.sqrt(rest.second);
  if (!(deviation > 0)) return { normalOf: (z) => z };
  const from: number[] = [];
  const to: number[] = [];
  /** The point of a tilt, or nothing where the law has come to its end: no column scores higher. */
  const pointAt = (tilt: number): readonly [number, number] | undefined => {
    const { value, first, second } = cumulants(pulls, bits, bitNumbers, tilt);
    const root = Math.sign(tilt) * Math.sqrt(2 * Math.max(0, tilt * first - value));
    const ratio = (tilt * Math.sqrt(second)) / root;
    if (!(ratio > 0) || !Number.isFinite(ratio)) return undefined;
    return [(first - rest.first) / deviation, root + Math.log(ratio) / root];
  };
  for (let step = -STEPS_DOWN; step <= STEPS_UP; step++) {
    const point = step === 0 ? undefined : pointAt((step * STEP) / deviation);
    if (point === undefined) continue;
    const isHigher = from.length === 0 || (point[0] > (from.at(-1) as number) && point[1] > (to.at(-1) as number));
    if (isHigher) {
      from.push(point[0]);
      to.push(point[1]);
    } else if (step > 0) break;
  }
  return { normalOf: (z) => Math.min(mostOf(z), interpolate(from, to, z)) };
}

/**
 * No score counts for more than this. Of very few reports the law is a few atoms, and the formula, which is for smooth laws,
 * can take one near the mean for a rarity. A normal law is exceeded more often than ours above one deviation, and no score
 * at or below the mean speaks for a text; between, where ours may be the rarer one, up to three tenths are left to it.
 */
function mostOf(z: number): number {
  return z + 0.6 * Math.max(0, Math.min(z, 1 - z));
}

interface Cumulants {
  /** The cumulant generating function at a tilt, and its derivatives. */
  readonly value: number;
  readonly first: number;
  readonly second: number;
}

function cumulants(pulls: Float64Array, bits: number, bitNumbers: Float64Array, tilt: number): Cumulants {
  const most = bitNumbers.length - 1;
  // e[d] is the mean over sets of d bits of the product of exp(tilt * pull), and its two derivatives.
  const e = [0, 1, 2].map(() => new Float64Array(most + 1)) as [Float64Array, Float64Array, Float64Array];
  let [value, first, second] = [0, 0, 0];
  for (let start = 0; start < pulls.length; start += bits) {
    for (const powers of e) powers.fill(0);
    e[0][0] = 1;
    for (let i = 0; i < bits; i++) addBit(e, Math.min(most, i + 1), pulls[start + i] as number, tilt);
    let [m, m1, m2, sets] = [0, 0, 0, 1];
    for (let d = 0; d <= most; d++) {
      const share = (bitNumbers[d] as number) / sets;
      m += share * (e[0][d] as number);
      m1 += share * (e[1][d] as number);
      m2 += share * (e[2][d] as number);
      sets *= (bits - d) / (d + 1);
    }
    value += Math.log(m);
    first += m1 / m;
    second += m2 / m - (m1 / m) ** 2;
  }
  return { value, first, second };
}

/** Elementary symmetric polynomials with one more variable x = exp(tilt * pull). */
function addBit(
  [e, e1, e2]: readonly [Float64Array, Float64Array, Float64Array],
  most: number,
  pull: number,
  tilt: number,
) {
  const x = Math.exp(tilt * pull);
  const x1 = pull * x;
  const x2 = pull * x1;
  for (let d = most; d > 0; d--) {
    const [a, a1, a2] = [e[d - 1] as number, e1[d - 1] as number, e2[d - 1] as number];
    e2[d] = (e2[d] as number) + x * a2 + 2 * x1 * a1 + x2 * a;
    e1[d] = (e1[d] as number) + x * a1 + x1 * a;
    e[d] = (e[d] as number) + x * a;
  }
}

/** Straight between the points; beyond them as steep as a normal law. */
function interpolate(from: readonly number[], to: readonly number[], x: number): number {
  const last = from.length - 1;
  if (last < 1) return x;
  if (x >= (from[last] as number)) return (to[last] as number) + x - (from[last] as number);
  if (x <= (from[0] as number)) return (to[0] as number) + x - (from[0] as number);
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((from[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const [a, b] = [from[low] as number, from[high] as number];
  const [c, d] = [to[low] as number, to[high] as number];
  return c + ((x - a) * (d - c)) / (b - a);
}
