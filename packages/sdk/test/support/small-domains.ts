import type { IndexParams, Params } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { boolean, category, count, defineRegistry, text, timing } from '@dither/sdk';
import * as mechanisms from '@dither/sdk/mechanisms';
import { about } from './registry.js';

/** By id. */
const clients = new Map(Object.values(mechanisms).map((client) => [client.id, client]));

/** Domains of which every report can be listed; 9 is the least for which local hashing has public draws. */
const SIZES: { readonly [mechanism: string]: readonly number[] } = { rr: [2], 'local-hashing': [3, 9] };

const latch = { epsilonFirst: 0.5, epsilonInfinity: 1.5, epoch: 4 } as const;

/** One metric of a mechanism, over so many values. */
function metricOf(id: string, domainSize: number) {
  // Each kind refuses a mechanism that is not of its own.
  const mechanism = clients.get(id) as never;
  const { client, answers } = catalogue.get(id) as { readonly client: object; readonly answers: string };
  const isOne = id === 'd-bit-flip';
  const stages = 'latch' in client ? { latch: isOne ? { ...latch, epsilonInfinity: 0.5 } : latch } : {};
  const options = { ...about, ...stages, mechanism };
  if (answers === 'texts') return text({ ...options, bits: 4, hashes: 2, cohorts: 2 });
  if (answers === 'distribution') return timing({ ...options, range: [1, 100], buckets: domainSize - 1 });
  if (id === 'rr') return boolean(options);
  if (['one-bit-mean', 'duchi', 'piecewise', 'hybrid'].includes(id))
    return count({ ...options, clamp: domainSize - 1 });
  return category({ ...options, values: Array.from({ length: domainSize - 1 }, (_, i) => `value ${i}`) });
}

/** Every mechanism of the catalogue, over two small domains. */
export const smallDomains = defineRegistry({
  app: 'org.example.small-domains',
  expectedClients: 1000,
  budget: { perWindow: 10_000, lifetime: 1_000_000 },
  metrics: Object.fromEntries(
    [...catalogue].flatMap(([id, { answers }]) =>
      (answers === 'texts' ? [4] : (SIZES[id] ?? [3, 5])).map((size) => [`${id}-${size}`, metricOf(id, size)]),
    ),
  ),
});

/** Sixteen texts and none: some of them set no bit in common. */
export const candidates = Array.from({ length: 16 }, (_, i) => `${i}.example`);

export interface AnyMechanism {
  readonly aggregator: { decode(params: Params, bytes: Uint8Array, draw?: number): unknown };
  readonly client: { encode(params: Params, report: unknown): Uint8Array };
  readonly channel: {
    likelihood(params: Params, value: number | string, report: unknown): { numerator: bigint; denominator: bigint };
    reports(params: Params): Iterable<unknown>;
  };
}

export function mechanismOf({ mechanism }: Params): AnyMechanism {
  return catalogue.get(mechanism) as unknown as AnyMechanism;
}

/** Every value: each index of the domain; or none, and each candidate. */
export function valuesOf(params: Params): readonly (number | string)[] {
  const { domainSize = 0 } = params as Partial<IndexParams>;
  return domainSize > 0 ? Array.from({ length: domainSize }, (_, value) => value) : ['', ...candidates];
}
