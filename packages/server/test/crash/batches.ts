import { batchBytes, type TestReport } from '../fixture.js';
import type { Random } from '../support/random.js';

/** A batch that a test has made, and what it adds to the counters. */
export interface MadeBatch {
  readonly nonce: string;
  readonly bytes: Uint8Array;
  readonly accepted: number;
  readonly rejected: { readonly [reason: string]: number };
  /** Of the reports that count. */
  readonly reports: readonly (TestReport & { readonly window: number })[];
}

/** A batch of up to three metrics and two windows, of which now and then a report is none. */
export function anyBatch(random: Random, day: number): MadeBatch {
  const week = day - (day % 7) - 7;
  const reports = [
    { id: 'dark-mode', bytes: [random.int(2)], window: day - 1 },
    { id: 'dark-mode', bytes: [random.int(2)], window: day - 2 },
    { id: 'theme', bytes: [random.int(3)], window: day - 1 },
    { id: 'load-time', bytes: [random.int(256), random.int(2)], window: week },
  ] as const;
  const malformed = random.once(16) ? [{ id: 'theme', bytes: [3], window: day - 2 } as const] : [];
  const nonce = random.bytes(16);
  return {
    nonce: nonce.toString('base64url'),
    bytes: batchBytes({ day, nonce, reports: [...reports, ...malformed] }),
    accepted: reports.length,
    rejected: malformed.length === 0 ? {} : { 'report-malformed': 1 },
    reports,
  };
}

/** Those that batches are made of. */
export const METRICS = ['dark-mode', 'load-time', 'theme'] as const;

export type Counters = {
  readonly [metric in (typeof METRICS)[number]]: readonly {
    readonly window: number;
    readonly n: number;
    readonly counts: readonly number[];
  }[];
};

/** The counters that exactly these batches make, added here without the server's code. */
export function countersOf(batches: Iterable<MadeBatch>): Counters {
  const states = new Map<string, { window: number; n: number; counts: number[] }>();
  for (const { reports } of batches) {
    for (const { id, window, bytes } of reports) {
      const name = `${id} ${window}`;
      const state = states.get(name) ?? { window, n: 0, counts: new Array(CELLS[id]).fill(0) };
      states.set(name, state);
      state.n++;
      for (const cell of cellsOf(id, bytes)) state.counts[cell] = (state.counts[cell] as number) + 1;
    }
  }
  const of = (id: string) => [...states].filter(([name]) => name.startsWith(`${id} `)).map(([, state]) => state);
  const sorted = (id: string) => of(id).sort((a, b) => a.window - b.window);
  return { 'dark-mode': sorted('dark-mode'), 'load-time': sorted('load-time'), theme: sorted('theme') };
}

/** Yes; bits of a vector; values. */
const CELLS: { readonly [id: string]: number } = { 'dark-mode': 1, 'load-time': 9, theme: 3 };

function cellsOf(id: string, bytes: readonly number[]): readonly number[] {
  const [first = 0, second = 0] = bytes;
  if (id === 'theme') return [first];
  if (id === 'dark-mode') return first === 1 ? [0] : [];
  return Array.from({ length: 9 }, (_, i) => i).filter((i) => ((i < 8 ? first >> i : second) & 1) === 1);
}
