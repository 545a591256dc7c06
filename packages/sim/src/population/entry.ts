import type { Metric } from '@dither/protocol';
import { type At, distributions } from './distributions.js';
import { readObject, readWeight } from './read.js';
import { mixed } from './shares.js';
import { readTextShares } from './text-shares.js';
import type { TextTable } from './text-table.js';

/**
 * What a population says of a metric: `{ "none": share, "<distribution>": ... }`, or `{ "none": share, "mixture": [...] }`, each
 * of whose parts is such an entry again, with a weight.
 *
 * @param table - of a text metric
 * @returns the share of each value
 */
export function readEntry(metric: Metric, json: unknown, at: At, table: TextTable | undefined): Float64Array {
  const { path, refuse } = at;
  const { none = 0, ...rest } = readObject(json, path, refuse);
  if (typeof none !== 'number' || !(none >= 0 && none <= 1)) {
    return refuse([...path, 'none'], 'is the share of installations without an event, 0 to 1');
  }
  const shares =
    rest['mixture'] === undefined ? readOne(metric, rest, at, table) : readMixture(metric, rest, at, table);
  if (none === 0) return shares;
  const value = table === undefined ? (metric.none as number) : table.numberOf('');
  const nobody = new Float64Array(value + 1);
  nobody[value] = 1;
  return mixed([
    [none, nobody],
    [1 - none, shares],
  ]);
}

type Entry = { readonly [key: string]: unknown };

function readMixture(metric: Metric, entry: Entry, at: At, table: TextTable | undefined): Float64Array {
  const { path, refuse } = at;
  const { mixture, ...others } = entry;
  if (Object.keys(others).length > 0) return refuse(path, 'has a mixture and nothing but "none" beside it');
  const whole = [...path, 'mixture'];
  if (!Array.isArray(mixture) || mixture.length === 0)
    return refuse(whole, 'is a list of distributions with a weight each');
  const parts = mixture.map((part: unknown, i) => {
    const there = [...whole, i];
    const { weight, ...own } = readObject(part, there, refuse);
    return [
      readWeight(weight, [...there, 'weight'], refuse),
      readEntry(metric, own, { ...at, path: there }, table),
    ] as const;
  });
  if (parts.every(([weight]) => weight === 0)) return refuse(whole, 'needs a weight above 0');
  return mixed(parts);
}

function readOne(metric: Metric, entry: Entry, at: At, table: TextTable | undefined): Float64Array {
  if (table !== undefined) return readTextShares(metric, entry, at, table);
  const { path, refuse } = at;
  const known = Object.keys(distributions).filter((key) => distributions[key]?.kinds.includes(metric.kind));
  const [key, ...others] = Object.keys(entry);
  const distribution = distributions[key ?? ''];
  if (key === undefined || distribution === undefined || !known.includes(key) || others.length > 0) {
    return refuse(
      path,
      `has one distribution, for a ${metric.kind} one of: ${[...known, 'mixture', 'drift'].join(', ')}`,
    );
  }
  return distribution.shares(entry[key], metric, { ...at, path: [...path, key] });
}
