import type { WordSource } from '@dither/mechanisms';
import { binomial } from '../random/binomial.js';
import { spread } from '../random/multinomial.js';
import { add, type Draw } from './draw.js';

/** Chance that a bit comes out set: the value's own, and another. */
export interface Chances {
  readonly set: number;
  readonly unset: number;
}

/** How many of so many reports have a bit set that so many of them own. */
export function yesOf(source: WordSource, owners: number, reports: number, { set, unset }: Chances): number {
  return binomial(source, owners, set) + binomial(source, reports - owners, unset);
}

/** A report is some bits, each randomized by itself. */
export interface Bits {
  /** A report is of one of these, each as likely, whatever the value. */
  readonly groups: number;
  /** Bits of a report of a group. */
  readonly lanes: (group: number) => number;
  /** How many bits a value calls its own, at most. */
  readonly own: number;
  /** The i-th of them in a group, i below `own`; or -1. */
  readonly ownLane: (group: number, value: number, i: number) => number;
  readonly chances: Chances;
  /** Adds a group's reports to the counters. */
  readonly countReports?: (counts: Float64Array, group: number, reports: number) => void;
  /** Adds the reports of a group in which a bit is set. */
  readonly countBit: (counts: Float64Array, group: number, lane: number, yes: number, reports: number) => void;
}

/**
 * Values fall on groups evenly. In each group whoever owns a bit sets it by one chance and everybody else by the other: sums
 * of two binomials, independent of each other, as the bits of a report are.
 */
export function drawBits(bits: Bits): Draw {
  const { groups, own, ownLane } = bits;
  const lanes = Array.from({ length: groups }, (_, group) => bits.lanes(group));
  return (counts, holders, source) => {
    const reports = new Float64Array(groups);
    const owners = lanes.map((length) => new Float64Array(length));
    for (let value = 0; value < holders.length; value++) {
      spread(source, holders[value] as number, groups, (group, count) => {
        add(reports, group, count);
        for (let i = 0; i < own; i++) {
          const lane = ownLane(group, value, i);
          if (lane >= 0) add(owners[group] as Float64Array, lane, count);
        }
      });
    }
    owners.forEach((owned, group) => {
      const all = reports[group] as number;
      bits.countReports?.(counts, group, all);
      for (let lane = 0; lane < owned.length; lane++) {
        bits.countBit(counts, group, lane, yesOf(source, owned[lane] as number, all, bits.chances), all);
      }
    });
  };
}
