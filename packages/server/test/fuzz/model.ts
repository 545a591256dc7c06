import type { Storage } from '@dither/server';
import { registry } from '../fixture.js';
import type { Answered } from './answers.js';
import type { Input } from './inputs.js';
import { bytesOfJson, type Read, readBytes } from './reading.js';

/** What was counted, by an independent reading of the same bodies. */
export interface Model {
  /** Whether the server may answer so. @returns what is wrong, in words */
  check(input: Input, answer: Answered): string | undefined;
  /** All counters, as {@link countersOf} reads them. */
  counters(): Counters;
  readonly accepted: number;
  readonly duplicates: number;
}

export type Counters = {
  readonly [metricAndWindow: string]: { readonly n: number; readonly counts: readonly number[] };
};

const CELLS = { 'dark-mode': 1, 'load-time': 9, searches: 6, theme: 3 } as const;
const METRICS = Object.keys(CELLS) as (keyof typeof CELLS)[];

export function createModel(): Model {
  const names = new Set<string>();
  const counters = new Map<string, { n: number; counts: number[] }>();
  let duplicates = 0;

  function count({ name, accepted }: Read): void {
    names.add(name);
    for (const { metric, window, cells } of accepted) {
      const key = `${metric} ${window}`;
      const state = counters.get(key) ?? { n: 0, counts: new Array(CELLS[metric as keyof typeof CELLS]).fill(0) };
      counters.set(key, state);
      state.n++;
      for (const cell of cells) state.counts[cell] = (state.counts[cell] as number) + 1;
    }
  }

  return {
    check(input, { status, body }) {
      if (input.method !== 'POST' || input.url !== '/v1/reports') return undefined;
      const read = readInput(input);
      if (status !== 200) return read === undefined || isRefusedByHeaders(input) ? undefined : 'a batch was refused';
      if (read === undefined) return 'something was accepted that is no batch';
      const receipt = JSON.parse(body);
      if (names.has(read.name)) {
        duplicates++;
        return receipt.duplicate === true ? undefined : 'a duplicate was counted';
      }
      count(read);
      const { duplicate, accepted, rejected } = receipt;
      const isAsRead = duplicate === false && accepted === read.accepted.length && isSame(rejected, read.rejected);
      return isAsRead ? undefined : `read as ${JSON.stringify(read)}`;
    },
    counters: () => Object.fromEntries([...counters].sort(([a], [b]) => (a < b ? -1 : 1))),
    get accepted() {
      return names.size;
    },
    get duplicates() {
      return duplicates;
    },
  };
}

function readInput({ headers, body }: Input): Read | undefined {
  if (body === undefined) return undefined;
  // What the type says beside its name does not matter.
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/octet-stream') return readBytes(body);
  const bytes = type === 'application/json' ? bytesOfJson(body.toString()) : undefined;
  return bytes && readBytes(bytes);
}

/** Global Privacy Control, in a header that may have come more than once. */
function saysNo(signal: string | undefined): boolean {
  return (signal ?? '').split(',').some((one) => one.trim() === '1');
}

/** What beside its body may keep a batch from being taken. */
function isRefusedByHeaders({ headers }: Input): boolean {
  const type = headers['content-type'] ?? '';
  return (
    saysNo(headers['sec-gpc']) ||
    headers['content-length'] !== undefined ||
    headers['content-encoding'] !== undefined ||
    !['application/octet-stream', 'application/json'].includes(type)
  );
}

function isSame(one: { readonly [key: string]: number }, other: { readonly [key: string]: number }): boolean {
  const entries = (object: object) => JSON.stringify(Object.entries(object).sort());
  return entries(one) === entries(other);
}

/** All counters of the fixture's registry. */
export async function countersOf(storage: Storage): Promise<Counters> {
  const named = await Promise.all(
    METRICS.map(async (id) => {
      const states = await storage.states(registry.metrics[id].fingerprint, 0, 65_535);
      return states.map(({ window, state: { n, counts } }) => [`${id} ${window}`, { n, counts: [...counts] }] as const);
    }),
  );
  return Object.fromEntries(named.flat().sort(([a], [b]) => (a < b ? -1 : 1)));
}
