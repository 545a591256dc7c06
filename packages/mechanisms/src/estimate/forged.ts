import { MechanismError } from '../errors.js';
import type { Estimate, Quantity } from '../mechanism.js';

/** What may be true of the honest clients if some of the reports were forged. */
export interface IfForged {
  /** Ends of what the estimate may have been without the forged reports. */
  readonly low: number;
  readonly high: number;
  /** The farther of them from the estimate: how far it may have been pushed. */
  readonly shift: number;
}

/**
 * The worst case of forged reports. An estimate is the mean of what its answers say, and a forged one says anything its
 * bytes can, from `reach[0]` to `reach[1]`: whoever forges a share b moves an honest estimate h to no more than
 * (1-b) h + b reach[1], whatever the mechanism. Noise comes on top: the interval of the estimate holds besides, with the
 * honest part for its n. Cao, Jia, Gong 2021, "Data poisoning attacks to local differential privacy protocols", has the
 * gain of several values at once, which is at most the sum of these.
 *
 * @param share - of all reports that is taken to be forged, in [0, 1)
 * @throws MechanismError `option-invalid`
 * @param reports - all of them, of which `estimate.n` answered this: forgers choose what they answer
 */
export function ifForged(
  { value, n }: Pick<Estimate, 'value' | 'n'>,
  reach: Quantity['reach'],
  share: number,
  reports = n,
): IfForged {
  if (!(share >= 0 && share < 1))
    throw new MechanismError('option-invalid', 'a share of forged reports is from 0 to below 1');
  const forged = Math.min(1, (share * reports) / n);
  // All answers may be forged, or there are none.
  if (!(forged < 1))
    return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, shift: Number.POSITIVE_INFINITY };
  const odds = forged / (1 - forged);
  const [least, most] = reach;
  const [up, down] = [odds * (most - value), odds * (value - least)];
  return { low: value - up, high: value + down, shift: Math.max(up, down) };
}
