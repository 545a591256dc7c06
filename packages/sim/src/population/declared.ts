import type { Metric, Registry } from '@dither/protocol';
import type { JsonPath } from '@dither/protocol/node';
import type { Population } from '../population.js';
import { distributions, type Refuse, readObject } from './distributions.js';
import { type Law, uniformReal } from './law.js';
import { type FileTexts, readTextLaw } from './text-law.js';

/**
 * A population drawn from named distributions:
 * `{ "metrics": { "<id>": { "none": 0.2, "<distribution>": ... }, ... } }`, one entry per metric that reports.
 * Metrics are independent of one another.
 *
 * @param refuse - throws; is told the path and what was expected there
 * @param fileTexts - the texts of the files that text metrics name
 */
export function declaredPopulation(
  name: string,
  json: unknown,
  registry: Registry,
  refuse: Refuse,
  fileTexts: FileTexts = () => undefined,
): Population {
  const metrics = readObject(readObject(json, [], refuse)['metrics'], ['metrics'], refuse);
  for (const id of Object.keys(metrics)) {
    if (!registry.wire.some((metric) => metric.id === id)) {
      refuse(['metrics', id], 'is not a metric that this registry reports');
    }
  }
  const texts = new Map<string, readonly string[]>();
  const laws = registry.wire.map((metric): Law => {
    const path = ['metrics', metric.id];
    if (metrics[metric.id] === undefined) return refuse(['metrics'], `needs an entry for ${metric.id}`);
    const { none = 0, ...rest } = readObject(metrics[metric.id], path, refuse);
    if (typeof none !== 'number' || !(none >= 0 && none <= 1)) {
      return refuse([...path, 'none'], 'is the share of installations without an event, 0 to 1');
    }
    if (metric.kind !== 'text') return orNone(none, metric.none as number, readLaw(metric, rest, path, refuse));
    const { table, law } = readTextLaw(metric, rest, path, refuse, fileTexts);
    texts.set(metric.id, table.texts);
    return orNone(none, 0, law);
  });
  return {
    name,
    size: undefined,
    texts,
    draw(_installation, source, values) {
      laws.forEach((law, i) => {
        values[i] = law(source);
      });
    },
  };
}

function orNone(share: number, none: number, law: Law): Law {
  return (source) => (uniformReal(source) < share ? none : law(source));
}

function readLaw(metric: Metric, entry: { readonly [key: string]: unknown }, path: JsonPath, refuse: Refuse): Law {
  const known = Object.keys(distributions).filter((key) => distributions[key]?.kinds.includes(metric.kind));
  const [key, ...others] = Object.keys(entry);
  const distribution = distributions[key ?? ''];
  if (key === undefined || distribution === undefined || !known.includes(key) || others.length > 0) {
    return refuse(path, `has one distribution, for a ${metric.kind} one of: ${known.join(', ')}`);
  }
  return distribution.law(entry[key], metric, [...path, key], refuse);
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
