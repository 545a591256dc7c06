import { ANCHOR_TERMS, type BinomialLaw, binomialLaw } from './binomial-law.js';
import { FollowedTail } from './followed-tail.js';

/**
 * What shuffled messages of three kinds tell of one of them. Each is `left` or `right` of the difference, or neither; whoever
 * holds the one value sends what is left of it P times as likely as whoever holds the other, and the other way round.
 */
export interface Kinds {
  /** P less 1. */
  readonly odds: number;
  /** Chances of a message, at most 1 together, `left` at most `right`. */
  readonly left: number;
  readonly right: number;
  /** How much likelier the message in question is of neither kind than others are. */
  readonly neither: number;
}

/**
 * What is added for rounding, as a part of the sum of all terms without their signs. Two recurrences take at most four roundings a
 * step, of at most {@link ANCHOR_TERMS} steps, each counting double; what they begin with is right to less than 64 roundings.
 */
function slackOf({ mass }: BinomialLaw): number {
  return (64 + 2 * Math.min(ANCHOR_TERMS, mass.length)) * 2 ** -50;
}

/** More than all terms together that vanish because a mass is below the least of doubles. */
const VANISHED = 1e-250;

/**
 * An upper bound, but for rounding the value, of the mean over n messages, `a` of them left and `b` right, of the positive part of
 *
 *   ( (P-e) a - (P e - 1) b - (e-1) neither (n-a-b) ) / n,  e = e^epsilon:
 *
 * the hockey-stick divergence of shuffled batches by the likelihood ratio of one message (Balle, Bell, Gascon, Nissim 2019, "The
 * privacy blanket of the shuffle model"). Given t = a+b, what is positive are all a from some `cut` on, and their sum
 * is, with m the mass at cut-1 and S the upper tail from cut of Bin(t-1, rho), rho = left/(left+right),
 *
 *   rho m (t (P-e) - (e-1) neither (n-t)) - S (t ((P-1)((e-1)(1-rho) + 1-2 rho) + e-1) + (e-1) neither (n-t)),
 *
 * which cancels little. From one t to the next the cut grows by one or stays, and m and S follow.
 */
export function excess({ odds, left, right, neither }: Kinds, n: number, epsilon: number): number {
  const gain = Math.expm1(epsilon);
  if (gain >= odds) return 0;
  const law = binomialLaw(n, Math.min(1, left + right));
  const rho = left / (left + right);
  const scale = odds * (gain + 2);
  const perCount = (odds * (gain + 1) + gain) / scale;
  const perOther = (gain * neither) / scale;
  const lost = odds * (gain * (1 - rho) + (1 - 2 * rho)) + gain;
  const followed = new FollowedTail(rho);
  let plus = 0;
  let minus = 0;
  law.mass.forEach((mass, i) => {
    const t = law.from + i;
    const cut = Math.ceil(perCount * t + perOther * (n - t));
    if (t === 0 || cut > t) return;
    followed.moveTo(t - 1, cut);
    const others = gain * neither * (n - t);
    plus += mass * rho * followed.below * Math.max(0, t * (odds - gain) - others);
    minus += mass * followed.tail * (t * lost + others);
  });
  // Whatever is left out is at most certain to tell.
  return (Math.max(0, plus - minus) + slackOf(law) * (plus + minus)) / n + law.outside + VANISHED;
}
