import type { Metric, Registry } from '@dither/protocol';
import type { Population } from '../population.js';
import type { At } from './distributions.js';
import { readEntry } from './entry.js';
import { type NamedFiles, noFiles, type Refuse, readObject } from './read.js';
import { padded } from './shares.js';
import { type TextTable, textTable } from './text-table.js';

/**
 * A population of named distributions:
 * `{ "metrics": { "<id>": { "none": 0.2, "<distribution>": ... }, ... } }`, one entry per metric that reports. An entry
 * `{ "drift": { "from": entry, "to": entry } }` moves from the one to the other, window by window. Metrics are
 * independent of one another.
 *
 * @param refuse - throws; is told the path and what was expected there
 * @param files - what the population names
 */
export function declaredPopulation(
  name: string,
  json: unknown,
  registry: Registry,
  refuse: Refuse,
  files: NamedFiles = noFiles,
): Population {
  const metrics = readObject(readObject(json, [], refuse)['metrics'], ['metrics'], refuse);
  for (const id of Object.keys(metrics)) {
    if (!registry.wire.some((metric) => metric.id === id)) {
      refuse(['metrics', id], 'is not a metric that this registry reports');
    }
  }
  const texts = new Map<string, readonly string[]>();
  const laws = registry.wire.map((metric): Law => {
    if (metrics[metric.id] === undefined) return refuse(['metrics'], `needs an entry for ${metric.id}`);
    const table = metric.kind === 'text' ? textTable() : undefined;
    const law = readLaw(metric, metrics[metric.id], { path: ['metrics', metric.id], refuse, files }, table);
    if (table === undefined) return law;
    texts.set(metric.id, table.texts);
    const all = (shares: Float64Array): Float64Array => padded(shares, table.texts.length);
    return { from: all(law.from), ...(law.to === undefined ? {} : { to: all(law.to) }) };
  });
  const drifts = laws.some(({ to }) => to !== undefined);
  return {
    name,
    size: undefined,
    texts,
    values: {
      kind: 'declared',
      shares: laws.map(({ from }) => from),
      ...(drifts ? { end: laws.map(({ from, to }) => to ?? from) } : {}),
    },
  };
}

interface Law {
  readonly from: Float64Array;
  /** Where it drifts. */
  readonly to?: Float64Array;
}

function readLaw(metric: Metric, json: unknown, at: At, table: TextTable | undefined): Law {
  const { drift, ...others } = readObject(json, at.path, at.refuse);
  if (drift === undefined) return { from: readEntry(metric, json, at, table) };
  if (Object.keys(others).length > 0) return at.refuse(at.path, 'has a drift and nothing beside it');
  const path = [...at.path, 'drift'];
  const ends = readObject(drift, path, at.refuse);
  if (Object.keys(ends).sort().join() !== 'from,to') return at.refuse(path, 'has from and to');
  const end = (key: 'from' | 'to'): Float64Array =>
    readEntry(metric, ends[key], { ...at, path: [...path, key] }, table);
  return { from: end('from'), to: end('to') };
}

/** The same distribution for every metric. */
export function shapedPopulation(
  name: string,
  shape: { readonly uniform: Record<string, never> } | { readonly zipf: number },
  registry: Registry,
): Population {
  const json = { metrics: Object.fromEntries(registry.wire.map((metric) => [metric.id, shape])) };
  return declaredPopulation(name, json, registry, (path, expected) => {
    throw new RangeError(`${path.join('.')} ${expected}`);
  });
}
