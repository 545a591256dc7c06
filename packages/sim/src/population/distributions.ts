import { type Kind, labels, type Metric, NONE } from '@dither/protocol';
import type { JsonPath } from '@dither/protocol/node';
import { policy } from '../policy.js';
import {
  checkTotal,
  type NamedFiles,
  type Refuse,
  readExponent,
  readNumber,
  readNumbers,
  readObject,
  readPairs,
  readWeight,
  type Weighed,
} from './read.js';
import { normalBelow, normalized, poissonWeights, sharesAt, sharesBelow, zipfWeights } from './shares.js';

/** One named distribution over indices: what its JSON means for a metric. */
interface Distribution {
  readonly kinds: readonly Kind[];
  /**
   * The share of each value of the metric.
   * @param json - what stands under the distribution's name, at `path`
   */
  shares(json: unknown, metric: Metric, at: At): Float64Array;
}

/** Where an entry stands, and what there is beside its file. */
export interface At {
  readonly path: JsonPath;
  readonly refuse: Refuse;
  readonly files: NamedFiles;
}

const NUMBERS = ['count', 'timing', 'quantity'] as const;
const CLOSED = ['boolean', 'category', ...NUMBERS] as const;

/** "No event" is one of the answers of a boolean or a count, and no answer of the others. */
function answers(metric: Metric): number {
  return metric.kind === 'boolean' || metric.kind === 'count' ? metric.domainSize : metric.domainSize - 1;
}

/** Of weights of the first values: the share of all. */
function ofFirst(metric: Metric, weights: Float64Array): Float64Array {
  const all = new Float64Array(metric.domainSize);
  all.set(weights);
  return normalized(all);
}

/** The closed set. Add one: one entry here, one row in the README, one test. */
export const distributions: Readonly<Record<string, Distribution>> = {
  /** `{}`: every value alike; `{ "low": a, "high": b }`: a uniform number. */
  uniform: {
    kinds: CLOSED,
    shares(json, metric, { path, refuse }) {
      if (Object.keys(readObject(json, path, refuse)).length === 0) {
        return ofFirst(metric, new Float64Array(answers(metric)).fill(1));
      }
      const { low, high } = readNumbers(json, path, refuse, { low: 'any', high: 'any' });
      if (!NUMBERS.some((kind) => kind === metric.kind)) return refuse(path, 'takes low and high only for numbers');
      if (!(low < high)) return refuse(path, 'needs low < high');
      return sharesBelow(metric, (x) => Math.min(1, Math.max(0, (x - low) / (high - low))));
    },
  },
  /** An exponent: the value of rank i, in the order of the registry, has weight i^-exponent. */
  zipf: {
    kinds: CLOSED,
    shares(json, metric, { path, refuse }) {
      return ofFirst(metric, zipfWeights(answers(metric), readExponent(json, path, refuse)));
    },
  },
  gaussian: {
    kinds: NUMBERS,
    shares(json, metric, { path, refuse }) {
      const { mean, sigma } = readNumbers(json, path, refuse, { mean: 'any', sigma: 'positive' });
      return sharesBelow(metric, (x) => normalBelow((x - mean) / sigma));
    },
  },
  exponential: {
    kinds: NUMBERS,
    shares(json, metric, { path, refuse }) {
      const { mean } = readNumbers(json, path, refuse, { mean: 'positive' });
      return sharesBelow(metric, (x) => -Math.expm1(-Math.max(0, x) / mean));
    },
  },
  lognormal: {
    kinds: NUMBERS,
    shares(json, metric, { path, refuse }) {
      const { median, sigma } = readNumbers(json, path, refuse, { median: 'positive', sigma: 'positive' });
      return sharesBelow(metric, (x) => (x <= 0 ? 0 : normalBelow(Math.log(x / median) / sigma)));
    },
  },
  poisson: {
    kinds: NUMBERS,
    shares(json, metric, { path, refuse }) {
      const { mean } = readNumbers(json, path, refuse, { mean: 'positive' });
      if (mean > policy.maxPoissonMean) return refuse([...path, 'mean'], `is at most ${policy.maxPoissonMean}`);
      const { from, weights } = poissonWeights(mean);
      return sharesAt(
        metric,
        weights.map((weight, i) => [from + i, weight]),
      );
    },
  },
  /** `[[number, weight], ...]`, or the name of a file of them: a published histogram. */
  histogram: {
    kinds: NUMBERS,
    shares(given, metric, at) {
      const { json, path, refuse } = fromFile(given, at);
      if (!Array.isArray(json)) return refuse(path, 'is a list of [number, weight], or the name of a file of them');
      const pairs = readPairs(json, path, refuse).map(({ what, whatPath, weight }): readonly [number, number] => [
        readNumber(what, whatPath, refuse, 'is a number'),
        weight,
      ]);
      checkTotal(
        pairs.map(([, weight]) => weight),
        path,
        refuse,
      );
      return sharesAt(metric, pairs);
    },
  },
  /** `{ "label": weight, ... }`, or the name of a file of them: categories, or "yes" and "no". */
  values: {
    kinds: ['boolean', 'category'],
    shares(given, metric, at) {
      const { json, path, refuse } = fromFile(given, at);
      const names = labels(metric).slice(0, answers(metric));
      const weights = new Float64Array(metric.domainSize);
      for (const { what, whatPath, weight } of labelled(json, path, refuse)) {
        const value = names.indexOf(String(what));
        if (value < 0) refuse(whatPath, what === NONE ? BESIDE : 'is not a value of this metric');
        weights[value] = (weights[value] as number) + weight;
      }
      checkTotal(weights, path, refuse);
      return normalized(weights);
    },
  },
};

const BESIDE = 'stands beside the distribution, as "none"';

/** The name of a file stands for what is in it. */
function fromFile(json: unknown, { path, refuse, files }: At) {
  if (typeof json !== 'string') return { json, path, refuse };
  const file = files.weights(json) ?? refuse(path, 'is the name of a .csv or .json file');
  return { json: file.value, path: [], refuse: file.refuse };
}

function labelled(json: unknown, path: JsonPath, refuse: Refuse): readonly Weighed[] {
  if (Array.isArray(json)) return readPairs(json, path, refuse);
  return Object.entries(readObject(json, path, refuse)).map(([what, weight]) => {
    const at = [...path, what];
    return { what, whatPath: at, weight: readWeight(weight, at, refuse) };
  });
}
