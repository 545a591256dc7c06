import type { Metric, Registry } from '@dither/protocol';
import type { Population } from '../population.js';
import { distributions, type Refuse, readObject } from './distributions.js';
import { type Law, uniformReal } from './law.js';

/**
 * A population drawn from named distributions:
 * `{ "metrics": { "<id>": { "none": 0.2, "<distribution>": ... }, ... } }`, one entry per metric that reports.
 * Metrics are independent of one another.
 *
 * @param refuse - throws; is told the path and what was expected there
 */
export function declaredPopulation(name: string, json: unknown, registry: Registry, refuse: Refuse): Population {
  const metrics = readObject(readObject(json, [], refuse)['metrics'], ['metrics'], refuse);
  for (const id of Object.keys(metrics)) {
    if (!registry.wire.some((metric) => metric.id === id)) {
      refuse(['metrics', id], 'is not a metric that this registry reports');
    }
  }
  const laws = registry.wire.map((metric) => {
    const entry = metrics[metric.id];
    if (entry === undefined) return refuse(['metrics'], `needs an entry for ${metric.id}`);
    return readEntry(metric, readObject(entry, ['metrics', metric.id], refuse), refuse);
  });
  return {
    name,
    size: undefined,
    draw(_installation, source, values) {
      laws.forEach((law, i) => {
        values[i] = law(source);
      });
    },
  };
}

function readEntry(metric: Metric, entry: { readonly [key: string]: unknown }, refuse: Refuse): Law {
  const path = ['metrics', metric.id];
  const { none = 0, ...rest } = entry;
  if (typeof none !== 'number' || !(none >= 0 && none <= 1)) {
    return refuse([...path, 'none'], 'is the share of installations without an event, 0 to 1');
  }
  const known = Object.keys(distributions).filter((key) => distributions[key]?.kinds.includes(metric.kind));
  const [key, ...others] = Object.keys(rest);
  const distribution = distributions[key ?? ''];
  if (key === undefined || distribution === undefined || !known.includes(key) || others.length > 0) {
    return refuse(path, `has one distribution, for a ${metric.kind} one of: ${known.join(', ')}`);
  }
  const law = distribution.law(rest[key], metric, [...path, key], refuse);
  return (source) => (uniformReal(source) < none ? metric.none : law(source));
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
