import type { LatchedIndexParams } from '@dither/mechanisms';
import { policy } from '../policy.js';
import type { Hashed } from './installation.js';
import { type Stages, stagesOf } from './stages.js';

/** How often each symbol, or each set bit, came among some reports. */
export interface Tally {
  n: number;
  readonly counts: Int32Array;
  /** Of hashed values: the function that all these reports share. */
  row: number;
}

/** What whoever sees all messages, and knows the channel, makes of them. */
export interface Reader {
  empty(): Tally;
  add(tally: Tally, report: unknown): void;
  /** ln P[reports | value] of every value but for what all have in common, the reports being made from one permanent answer. */
  read(tally: Tally, into: Float64Array): void;
}

/** A reader of one of the mechanisms over listed values; undefined of others. */
export function readerOf(params: LatchedIndexParams & Partial<Hashed>): Reader | undefined {
  const stages = stagesOf(params);
  if (stages?.shape === 'cells') return cellReader(stages, params);
  return params.mechanism === 'l-osue' && stages?.shape === 'bits' ? bitReader(stages) : undefined;
}

function cellReader(
  { cells, permanent, instantaneous }: Stages & { readonly shape: 'cells' },
  { hash, domainSize }: LatchedIndexParams & Partial<Hashed>,
): Reader {
  const other = (1 - instantaneous) / cells;
  const lnOdds = Math.log((instantaneous + other) / other);
  const lnOther = Math.log(other);
  const unkept = (1 - permanent) / cells;
  // Looked up so often that the function itself would take most of the time.
  const powers = Float64Array.from({ length: policy.longitudinal.maxPeriods + 1 }, (_, i) => Math.exp(-i * lnOdds));
  const values = Array.from({ length: domainSize }, (_, value) => value);
  const rows = Array.from({ length: hash?.functions ?? 1 }, (_, row) =>
    Uint16Array.from(values, (value) => hash?.cellOf(row, value) ?? value),
  );
  return {
    empty: () => ({ n: 0, counts: new Int32Array(cells), row: 0 }),
    add(tally, report) {
      const symbol = report as number;
      tally.n++;
      tally.row = Math.floor(symbol / cells);
      const cell = symbol % cells;
      tally.counts[cell] = (tally.counts[cell] as number) + 1;
    },
    read({ n, counts, row }, into) {
      let most = 0;
      for (let cell = 0; cell < cells; cell++) most = Math.max(most, counts[cell] as number);
      // Relative to the most likely cell: powers of the odds of a year are beyond doubles.
      let sum = 0;
      for (let cell = 0; cell < cells; cell++) sum += powers[most - (counts[cell] as number)] as number;
      const common = n * lnOther + most * lnOdds;
      const cellsOfValues = rows[row] as Uint16Array;
      let last = -1;
      let log = 0;
      for (let value = 0; value < domainSize; value++) {
        const count = counts[cellsOfValues[value] as number] as number;
        // Many values have one and the same count.
        if (count !== last) log = common + Math.log(unkept * sum + permanent * (powers[most - count] as number));
        last = count;
        into[value] = log;
      }
    },
  };
}

function bitReader({ bits, permanent, instantaneous }: Stages & { readonly shape: 'bits' }): Reader {
  const [lnSet, lnUnset] = instantaneous.map((p) => [Math.log(p), Math.log1p(-p)] as const) as [Logs, Logs];
  const known = new Map<number, Float64Array>();

  /** Of `count` set bits among n: ln of their chance where the bit is the value's own, and where it is not. */
  const logs = (n: number): Float64Array => {
    const table = known.get(n) ?? new Float64Array(2 * n + 2);
    if (known.has(n)) return table;
    for (let count = 0; count <= n; count++) {
      const stored = count * lnSet[0] + (n - count) * lnSet[1];
      const unstored = count * lnUnset[0] + (n - count) * lnUnset[1];
      const top = Math.max(stored, unstored);
      permanent.forEach((p, other) => {
        table[2 * count + other] = top + Math.log(p * Math.exp(stored - top) + (1 - p) * Math.exp(unstored - top));
      });
    }
    known.set(n, table);
    return table;
  };

  return {
    empty: () => ({ n: 0, counts: new Int32Array(bits), row: 0 }),
    add(tally, report) {
      tally.n++;
      (report as Uint8Array).forEach((byte, at) => {
        for (let rest = byte; rest !== 0; rest &= rest - 1) {
          const bit = 8 * at + 31 - Math.clz32(rest & -rest);
          tally.counts[bit] = (tally.counts[bit] as number) + 1;
        }
      });
    },
    read({ n, counts }, into) {
      const table = logs(n);
      let all = 0;
      for (const count of counts) all += table[2 * count + 1] as number;
      for (let bit = 0; bit < bits; bit++) {
        const at = 2 * (counts[bit] as number);
        into[bit] = all + (table[at] as number) - (table[at + 1] as number);
      }
    },
  };
}

/** Of a set bit, and of one that is not. */
type Logs = readonly [set: number, unset: number];

/** The reports of `whole` that are not in `part`. */
export function rest(whole: Tally, part: Tally): Tally {
  const { n, counts, row } = whole;
  return { n: n - part.n, counts: counts.map((count, i) => count - (part.counts[i] as number)), row };
}

export function copied({ n, counts, row }: Tally): Tally {
  return { n, counts: counts.slice(), row };
}
