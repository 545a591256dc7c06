import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { client as oneTimeRappor } from '@dither/mechanisms/one-time-rappor';
import { client as tree } from '@dither/mechanisms/tree';
import { defineRegistry, quantity, text } from '@dither/protocol';
import { memoryStorage, type Storage, serverPolicy } from '@dither/server';
import { expect } from 'vitest';
import { about, budget, registry, testApp } from '../fixture.js';
import { randomFrom } from '../support/random.js';
import { type Answered, wrongWith } from './answers.js';
import { anyInput, type Input } from './inputs.js';
import { countersOf, createModel } from './model.js';

/** Metrics that are only asked about: those of the fixture all answer with frequencies. */
const others = defineRegistry({
  app: 'org.example.texts',
  expectedClients: 1000,
  budget,
  metrics: {
    page: text({ ...about, period: 1, maxLength: 40, mechanism: oneTimeRappor }),
    size: quantity({ ...about, period: 1, unit: 'MB', range: [0, 64], buckets: 16, mechanism: tree }),
  },
});

export interface FuzzOptions {
  readonly seed: string;
  readonly inputs: number;
  /** How many of the last inputs are sent twice more, to see that nothing changes and memory does not grow. */
  readonly replayed: number;
  /** What is between the server and its storage; nothing unless told. */
  readonly between?: (storage: Storage) => Storage;
}

export interface Fuzzed {
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Bytes of heap per input, over a replay of inputs that were all sent before. */
  readonly growth: number;
}

/** Inputs between two looks at all counters. */
const LOOK_EACH = 1000;

/**
 * Sends inputs, well-formed and not. No answer is one that no server gives, nothing is logged as an error, what is refused
 * changes nothing, and what is accepted adds what an independent reading of its bytes says.
 */
export async function fuzz({ seed, inputs, replayed, between = (storage) => storage }: FuzzOptions): Promise<Fuzzed> {
  const random = randomFrom(seed);
  const errors: string[] = [];
  const memory = memoryStorage();
  const watched = watch(memory);
  const { app } = await testApp({
    registries: [registry, others],
    storage: between(watched.storage),
    log: { level: 'error', stream: { write: (line) => errors.push(line) } },
  });
  const model = createModel();
  const last: Input[] = [];
  let refused = 0;

  async function send(input: Input): Promise<void> {
    const before = watched.changes();
    const { method, url, headers, body } = input;
    const answered = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
    const answer: Answered = { status: answered.statusCode, headers: answered.headers, body: answered.payload };
    const isRefused = answer.status >= 300;
    refused += Number(isRefused);
    const wrong =
      wrongWith(answer, method !== 'HEAD') ??
      (isRefused && watched.changes() !== before ? 'a refused input went to the storage' : undefined) ??
      model.check(input, answer) ??
      errors[0];
    if (wrong !== undefined) throw new Error(`${wrong}\n${show(input)}\n${answer.status} ${answer.body}`);
  }

  async function look(): Promise<void> {
    expect(await countersOf(memory)).toEqual(model.counters());
  }

  for (let i = 0; i < inputs; i++) {
    const input = anyInput(random);
    await send(input);
    last.push(input);
    if (last.length > replayed) last.shift();
    if (i % LOOK_EACH === 0) await look();
  }
  await look();
  const counted = model.accepted;
  for (const input of last) await send(input);
  expect((await memory.records('unknown-registry')).length).toBeLessThanOrEqual(serverPolicy.unknownRegistries);
  const before = heap();
  for (const input of last) await send(input);
  const growth = (heap() - before) / replayed;
  await look();
  expect(model.accepted).toBe(counted);
  return { accepted: model.accepted, duplicates: model.duplicates, refused, growth };
}

/** A storage, and how often something was written to it. */
function watch(storage: Storage) {
  const writes = new Set(['commit', 'saveRegistry', 'saveCandidates', 'deleteCandidates', 'putRecord', 'deleteRecord']);
  let changes = 0;
  const watched = new Proxy(storage, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || !writes.has(String(name))) return value;
      return async (...given: unknown[]) => {
        const result: unknown = await value.apply(target, given);
        // There may have been nothing to delete. Of unknown registries the first are taken note of.
        if (result !== false && !isUnknownRegistry(given[0])) changes++;
        return result;
      };
    },
  });
  return { storage: watched, changes: () => changes };
}

/** @param record - one to put, or the kind of one to delete */
function isUnknownRegistry(record: unknown): boolean {
  const kind = typeof record === 'string' ? record : (record as { readonly kind?: string }).kind;
  return kind === 'unknown-registry';
}

/** An input that was answered wrongly, said so that it can be sent again. */
function show({ method, url, headers, body }: Input): string {
  return `${method} ${url} ${JSON.stringify(headers)}\n${body?.toString('latin1').slice(0, 2000)}\n${body?.toString('base64')}`;
}

function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
