import { type Kind, labels, type Metric, NONE } from '@dither/protocol';
import type { JsonPath } from '@dither/protocol/node';
import { policy } from '../policy.js';
import * as law from './law.js';

/** Refuses what stands at `path` of the file. */
export type Refuse = (path: JsonPath, expected: string) => never;

/** One named distribution over indices: what its JSON means for a metric. */
interface Distribution {
  readonly kinds: readonly Kind[];
  /** @param json - what stands under the distribution's name, at `path` */
  law(json: unknown, metric: Metric, path: JsonPath, refuse: Refuse): law.Law;
}

const NUMBERS = ['count', 'timing', 'quantity'] as const;
const CLOSED = ['boolean', 'category', ...NUMBERS] as const;

/** "No event" is one of the answers of a boolean or a count, and no answer of the others. */
function answers(metric: Metric): number {
  return metric.kind === 'boolean' || metric.kind === 'count' ? metric.domainSize : metric.domainSize - 1;
}

/** The value of a number; below zero a count is zero. */
function encodeNumber(metric: Metric, x: number): number {
  return (metric.encode(metric.kind === 'count' ? Math.max(0, x) : x) ?? metric.none) as number;
}

/** Weights on numbers become weights on values once, so that a draw costs the same however many numbers there are. */
function onNumbers(metric: Metric, pairs: Iterable<readonly [x: number, weight: number]>): law.Law {
  const weights = new Float64Array(metric.domainSize);
  for (const [x, weight] of pairs) {
    const value = encodeNumber(metric, x);
    weights[value] = (weights[value] as number) + weight;
  }
  return law.weighted(weights);
}

export function readNumber(
  json: unknown,
  path: JsonPath,
  refuse: Refuse,
  expected: string,
  isSound: (x: number) => boolean,
): number {
  return typeof json === 'number' && Number.isFinite(json) && isSound(json) ? json : refuse(path, expected);
}

/** The numbers an object holds under exactly the given keys. */
function readNumbers<Key extends string>(
  json: unknown,
  path: JsonPath,
  refuse: Refuse,
  keys: Readonly<Record<Key, 'any' | 'positive'>>,
): Readonly<Record<Key, number>> {
  const names = Object.keys(keys) as Key[];
  const object = readObject(json, path, refuse);
  const stranger = Object.keys(object).find((key) => !names.includes(key as Key));
  if (stranger !== undefined) refuse([...path, stranger], `is not known here; known: ${names.join(', ')}`);
  return Object.fromEntries(
    names.map((name) => {
      const isPositive = keys[name] === 'positive';
      const expected = `needs ${name}, a number${isPositive ? ' above 0' : ''}`;
      const at = name in object ? [...path, name] : path;
      return [name, readNumber(object[name], at, refuse, expected, (x) => !isPositive || x > 0)];
    }),
  ) as Record<Key, number>;
}

export function readObject(json: unknown, path: JsonPath, refuse: Refuse): { readonly [key: string]: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuse(path, 'is an object');
  return json as { readonly [key: string]: unknown };
}

const isWeight = (x: number): boolean => x >= 0;
export const WEIGHT = 'is a weight, 0 or more';

function checkTotal(weights: readonly number[], path: JsonPath, refuse: Refuse): void {
  if (!weights.some((weight) => weight > 0)) refuse(path, 'needs a weight above 0');
}

/** The closed set. Add one: one entry here, one row in the README, one test. */
export const distributions: Readonly<Record<string, Distribution>> = {
  /** `{}`: every value alike; `{ "low": a, "high": b }`: a uniform number. */
  uniform: {
    kinds: CLOSED,
    law(json, metric, path, refuse) {
      if (Object.keys(readObject(json, path, refuse)).length === 0) {
        return law.weighted(new Float64Array(answers(metric)).fill(1));
      }
      const { low, high } = readNumbers(json, path, refuse, { low: 'any', high: 'any' });
      if (!isNumeric(metric)) return refuse(path, 'takes low and high only for numbers');
      if (!(low < high)) return refuse(path, 'needs low < high');
      return (source) => encodeNumber(metric, low + (high - low) * law.uniformReal(source));
    },
  },
  /** An exponent: the value of rank i, in the order of the registry, has weight i^-exponent. */
  zipf: {
    kinds: CLOSED,
    law(json, metric, path, refuse) {
      const exponent = readNumber(json, path, refuse, 'is an exponent, 0 or more', isWeight);
      return law.weighted(law.zipfWeights(answers(metric), exponent));
    },
  },
  gaussian: {
    kinds: NUMBERS,
    law(json, metric, path, refuse) {
      const { mean, sigma } = readNumbers(json, path, refuse, { mean: 'any', sigma: 'positive' });
      return (source) => encodeNumber(metric, mean + sigma * law.standardNormal(source));
    },
  },
  exponential: {
    kinds: NUMBERS,
    law(json, metric, path, refuse) {
      const { mean } = readNumbers(json, path, refuse, { mean: 'positive' });
      return (source) => encodeNumber(metric, mean * law.standardExponential(source));
    },
  },
  lognormal: {
    kinds: NUMBERS,
    law(json, metric, path, refuse) {
      const { median, sigma } = readNumbers(json, path, refuse, { median: 'positive', sigma: 'positive' });
      return (source) => encodeNumber(metric, median * Math.exp(sigma * law.standardNormal(source)));
    },
  },
  poisson: {
    kinds: NUMBERS,
    law(json, metric, path, refuse) {
      const { mean } = readNumbers(json, path, refuse, { mean: 'positive' });
      if (mean > policy.maxPoissonMean) return refuse([...path, 'mean'], `is at most ${policy.maxPoissonMean}`);
      const { from, weights } = law.poissonWeights(mean);
      return onNumbers(
        metric,
        weights.map((weight, i) => [from + i, weight]),
      );
    },
  },
  /** `[[number, weight], ...]`: a published histogram. */
  histogram: {
    kinds: NUMBERS,
    law(json, metric, path, refuse) {
      if (!Array.isArray(json)) return refuse(path, 'is a list of [number, weight]');
      const pairs = json.map((pair: unknown, i): readonly [number, number] => {
        if (!Array.isArray(pair) || pair.length !== 2) return refuse([...path, i], 'is a pair [number, weight]');
        const x = readNumber(pair[0], [...path, i, 0], refuse, 'is a number', () => true);
        return [x, readNumber(pair[1], [...path, i, 1], refuse, WEIGHT, isWeight)];
      });
      checkTotal(
        pairs.map(([, weight]) => weight),
        path,
        refuse,
      );
      return onNumbers(metric, pairs);
    },
  },
  /** `{ "label": weight, ... }`: categories, or "yes" and "no". */
  values: {
    kinds: ['boolean', 'category'],
    law(json, metric, path, refuse) {
      const names = labels(metric).slice(0, answers(metric));
      const weights = new Array<number>(metric.domainSize).fill(0);
      for (const [name, weight] of Object.entries(readObject(json, path, refuse))) {
        const value = names.indexOf(name);
        if (value < 0) {
          refuse(
            [...path, name],
            name === NONE ? 'stands beside the distribution, as "none"' : 'is not a value of this metric',
          );
        }
        weights[value] = readNumber(weight, [...path, name], refuse, WEIGHT, isWeight);
      }
      checkTotal(weights, path, refuse);
      return law.weighted(weights);
    },
  },
};

function isNumeric(metric: Metric): boolean {
  return NUMBERS.some((kind) => kind === metric.kind);
}
