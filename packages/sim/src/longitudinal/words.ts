import { significant } from '../format.js';

/** Beyond it a number of times says nothing to anybody. */
const MOST_TIMES = 1e6;

/** An epsilon as odds: `e^0.4 (1.5 times)`. */
export function odds(epsilon: number): string {
  const times = Math.exp(epsilon);
  const figure = `e^${significant(Number(epsilon.toFixed(2)))}`;
  return times > MOST_TIMES ? figure : `${figure} (${Number(times.toPrecision(2)).toLocaleString('en')} times)`;
}

/** An epsilon with two decimals; null is without bound. */
export function epsilonText(epsilon: number | null, isExact = true): string {
  if (epsilon === null) return 'no bound';
  return `${isExact ? '' : '>= '}${epsilon.toFixed(2)}`;
}
