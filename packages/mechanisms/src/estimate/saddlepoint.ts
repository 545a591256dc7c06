import { normalTail } from './normal.js';

/** So many answers, each +1 with probability `plus`, -1 with `minus`, and 0 otherwise. */
export interface SignedGroup {
  /** Need not be a whole number. */
  readonly size: number;
  readonly plus: number;
  readonly minus: number;
}

/** Beyond this the exponential tilt is as good as infinite. */
const FARTHEST = 60;

/** Nearer to the mean than so many standard deviations the formula divides zero by zero. */
const NEAREST = 1e-3;

/** The cumulant generating function of the sum at `t`, and its first two derivatives. */
function cumulants(groups: readonly SignedGroup[], t: number): readonly [number, number, number] {
  const up = Math.expm1(t);
  const down = Math.expm1(-t);
  let [value, first, second] = [0, 0, 0];
  for (const { size, plus, minus } of groups) {
    const excess = plus * up + minus * down;
    const gain = (plus * (up + 1)) / (1 + excess);
    const loss = (minus * (down + 1)) / (1 + excess);
    value += size * Math.log1p(excess);
    first += size * (gain - loss);
    second += size * (gain + loss - (gain - loss) ** 2);
  }
  return [value, first, second];
}

/** The t at which the first derivative is `target`: Newton's method, kept between bounds. */
function tiltTo(groups: readonly SignedGroup[], target: number): number {
  let [low, high, t] = [-FARTHEST, FARTHEST, 0];
  for (let i = 0; i < 100; i++) {
    const [, first, second] = cumulants(groups, t);
    if (first < target) low = t;
    else high = t;
    const newton = t + (target - first) / second;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) < 1e-10 * Math.max(1, Math.abs(t))) return next;
    t = next;
  }
  return t;
}

/**
 * P[sum >= count] of independent signed answers, by the saddlepoint formula of Lugannani and Rice 1980 with the second
 * continuity correction of Daniels 1987, "Tail probability approximations", section 6. Time does not depend on how many answers
 * there are. Within some percent of the exact law for sums of a few answers, and ever closer for more (`test/signed.test.ts`).
 */
export function signedTail(groups: readonly SignedGroup[], count: number): number {
  const most = groups.reduce((sum, { size }) => sum + size, 0);
  const target = count - 0.5;
  if (target >= most) return 0;
  if (target <= -most) return 1;
  const t = tiltTo(groups, target);
  const [value, , second] = cumulants(groups, t);
  const distance = Math.sign(t) * Math.sqrt(Math.max(0, 2 * (t * target - value)));
  if (Math.abs(distance) < NEAREST) return 0.5;
  const step = 2 * Math.sinh(t / 2) * Math.sqrt(second);
  const density = Math.exp((-distance * distance) / 2) / Math.sqrt(2 * Math.PI);
  return Math.min(1, Math.max(0, normalTail(distance) + density * (1 / step - 1 / distance)));
}
