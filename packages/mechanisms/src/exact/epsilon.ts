import { checkInteger } from '../check.js';
import { MechanismError } from '../errors.js';
import { MICRO } from './micro.js';

export { MICRO };

/** No mechanism takes more: beyond it a report is the truth but for one time in nine million. */
export const MAX_EPSILON = 16;

/**
 * A declared epsilon in integer millionths.
 *
 * @param epsilon - from 0.000001 to 16, with at most six decimals
 * @throws MechanismError `epsilon-out-of-range`
 */
export function microEpsilon(epsilon: number): number {
  const micro = Math.round(epsilon * MICRO);
  if (Math.abs(epsilon * MICRO - micro) > 1e-8) {
    throw new MechanismError('epsilon-out-of-range', 'epsilon must have at most six decimals');
  }
  checkInteger('epsilon-out-of-range', 'epsilon in millionths', micro, 1, MAX_EPSILON * MICRO);
  return micro;
}
