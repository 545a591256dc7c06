import type { DistributionEstimate, WordSource } from '@dither/mechanisms';
import { aggregator, params } from '../../src/mechanisms/tree.js';
import { binomial } from './coverage.js';
import { drawTreeState, truePlace, wholeClients } from './tree-world.js';

export interface Setting {
  /** Of those with an event, per cell. */
  readonly shares: readonly number[];
  readonly withEvent: number;
  readonly epsilon: number;
  readonly n: number;
  readonly quantiles: readonly number[];
}

/** How one estimated figure did in many runs; places and widths in cells, or as `scale` maps places. */
export interface Score {
  readonly name: string;
  readonly truth: number;
  readonly covered: number;
  readonly missedBelow: number;
  readonly missedAbove: number;
  readonly width: number;
  /** Root of the mean squared error; NaN if a run had no estimate. */
  readonly error: number;
}

interface Figure {
  readonly name: string;
  readonly truth: number;
  readonly of: (found: DistributionEstimate) => { readonly value: number; readonly low: number; readonly high: number };
}

/** The figures asked for: quantiles, in what `scale` makes of places, the mean place, and shares above two cells. */
function figures({ quantiles }: Setting, holders: readonly number[], above: readonly number[], scale: Scale): Figure[] {
  const cells = holders.length - 1;
  const events = holders.slice(0, cells).reduce((sum, count) => sum + count, 0);
  const share = (weight: (cell: number) => number) =>
    holders.slice(0, cells).reduce((sum, count, cell) => sum + count * weight(cell), 0) / events;
  return [
    ...quantiles.map((quantile, i) => ({
      name: `p${100 * quantile}`,
      truth: scale(truePlace(holders, quantile)),
      of: (found: DistributionEstimate) => {
        const { place, low, high } = found.quantiles[i] as (typeof found.quantiles)[number];
        return { value: scale(place), low: scale(low), high: scale(high) };
      },
    })),
    { name: 'mean place', truth: share((cell) => cell + 0.5), of: ({ mean }: DistributionEstimate) => mean },
    ...above.map((from, i) => ({
      name: `from cell ${from}`,
      truth: share((cell) => Number(cell >= from)),
      of: (found: DistributionEstimate) => found.above[i] as (typeof found.above)[number],
    })),
  ];
}

/** Place to what is reported, rising. */
type Scale = (place: number) => number;

/** Draws the state of all clients' reports `runs` times, and estimates. */
export function scores(setting: Setting, runs: number, source: WordSource, scale: Scale = (place) => place): Score[] {
  const { shares, withEvent, epsilon, n, quantiles } = setting;
  const cells = shares.length;
  const p = params({ epsilon, domainSize: cells + 1 });
  const holders = wholeClients(shares, withEvent, n);
  const above = [Math.floor(cells / 4), Math.floor((3 * cells) / 4)];
  const amounts = Array.from({ length: cells }, (_, cell) => cell + 0.5);
  const asked = figures(setting, holders, above, scale);
  const sums = asked.map(() => ({ missedBelow: 0, missedAbove: 0, width: 0, squares: 0 }));
  for (let run = 0; run < runs; run++) {
    const state = drawTreeState(p, holders, source);
    const found = aggregator.distribution(p, state, { quantiles, above, amounts });
    asked.forEach(({ truth, of }, i) => {
      const { value, low, high } = of(found);
      const sum = sums[i] as (typeof sums)[number];
      sum.missedBelow += Number(truth < low);
      sum.missedAbove += Number(truth > high);
      sum.width += high - low;
      sum.squares += (value - truth) ** 2;
    });
  }
  return asked.map(({ name, truth }, i) => {
    const { missedBelow, missedAbove, width, squares } = sums[i] as (typeof sums)[number];
    const covered = runs - missedBelow - missedAbove;
    return { name, truth, covered, missedBelow, missedAbove, width: width / runs, error: Math.sqrt(squares / runs) };
  });
}

/** Chance of at most, and of at least, so many of `runs` covered. */
function chances(covered: number, runs: number, coverage: number): { atMost: number; atLeast: number } {
  const { from, mass } = binomial(runs, coverage);
  let [atMost, atLeast] = [0, 0];
  mass.forEach((p, i) => {
    if (from + i <= covered) atMost += p;
    if (from + i >= covered) atLeast += p;
  });
  return { atMost, atLeast };
}

/** Whether a test at `alpha` on each side refuses that the true coverage lies in [least, most]. */
export function isRefused(
  covered: number,
  runs: number,
  [least, most]: readonly [number, number],
  alpha: number,
): boolean {
  return chances(covered, runs, least).atMost < alpha || chances(covered, runs, most).atLeast < alpha;
}
