import { logBinomialMass } from '../random/binomial-mass.js';

/** A stretch of a binomial law: `mass[i]` is the chance of `from + i`. */
export interface BinomialLaw {
  readonly from: number;
  readonly mass: Float64Array;
  /** At least the chance of all numbers that are left out. */
  readonly outside: number;
}

/** Terms of a recurrence until it begins anew with a mass computed by itself, so that its rounding errors do not add up. */
export const ANCHOR_TERMS = 8192;

/** Numbers with less of a chance are left out: far below any delta. */
const NEGLIGIBLE = 1e-26;

/** Bin(n, chance), from its mode outwards: time and space grow with its standard deviation, not with n. @param chance - in (0, 1] */
export function binomialLaw(n: number, chance: number): BinomialLaw {
  if (n === 0 || chance >= 1) return { from: n, mass: Float64Array.of(1), outside: 0 };
  const odds = chance / (1 - chance);
  const mode = Math.min(n, Math.floor((n + 1) * chance));
  const massAt = (k: number) => Math.exp(logBinomialMass(k, n, chance));
  const up = walk(massAt, mode, n, (k) => ((n - k) * odds) / (k + 1));
  const down = walk(massAt, mode, 0, (k) => k / ((n - k + 1) * odds));
  const mass = new Float64Array(down.masses.length + up.masses.length - 1);
  mass.set(Float64Array.from(down.masses).reverse());
  mass.set(up.masses, down.masses.length - 1);
  return { from: mode - down.masses.length + 1, mass, outside: up.beyond + down.beyond };
}

/** @param ratio - of the mass next to that of `k`, seen from the mode, over that of `k`: it falls from the mode on */
function walk(
  massAt: (k: number) => number,
  mode: number,
  last: number,
  ratio: (k: number) => number,
): { readonly masses: readonly number[]; readonly beyond: number } {
  const step = last < mode ? -1 : 1;
  const masses = [massAt(mode)];
  for (let k = mode; k !== last; k += step) {
    const next = ratio(k);
    const mass = masses.length % ANCHOR_TERMS === 0 ? massAt(k + step) : (masses.at(-1) as number) * next;
    // What is left is below a geometric series; at the mode the ratio may be 1, but there the mass is not small.
    if (mass < NEGLIGIBLE) return { masses, beyond: mass / (1 - next) };
    masses.push(mass);
  }
  return { masses, beyond: 0 };
}
