import { percent, significant } from '../format.js';

/** Beyond it a number of times says nothing to anybody. */
const MOST_TIMES = 1e6;

/** An epsilon as odds: `e^0.4 (1.5 times)`. */
export function odds(epsilon: number): string {
  const times = Math.exp(epsilon);
  const figure = `e^${significant(Number(epsilon.toFixed(2)))}`;
  return times > MOST_TIMES ? figure : `${figure} (${Number(times.toPrecision(2)).toLocaleString('en')} times)`;
}

/** From here on a chance is nearly one. */
const NEARLY = 0.9995;

/**
 * What all messages, which come to this epsilon, do for somebody who would otherwise toss a coin between two answers: by Bayes'
 * rule he is right with chance e^epsilon / (1 + e^epsilon) at most.
 */
export function guesses(epsilon: number): string {
  const right = 1 / (1 + Math.exp(-epsilon));
  return right >= NEARLY ? 'with up to near certainty' : `at most ${percent(right)} of the time`;
}

/** The same of messages that come to this epsilon or more. */
export function sure(epsilon: number): string {
  const right = 1 / (1 + Math.exp(-epsilon));
  return right >= NEARLY ? 'with near certainty' : `with a certainty of ${percent(right)}`;
}

/** An epsilon with two decimals; null is without bound. */
export function epsilonText(epsilon: number | null, isExact = true): string {
  if (epsilon === null) return 'no bound';
  return `${isExact ? '' : '>= '}${epsilon.toFixed(2)}`;
}
