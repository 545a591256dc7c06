import type { Mechanism } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric } from '@dither/protocol';
import type { EstimateRow } from '@dither/server';
import type { Truths } from './tally.js';

/** What was true, for a row of the server's answer; NaN where nothing is, such as the mean of no event. */
export type TruthOf = (row: EstimateRow) => number;

/**
 * Found from what the demo has noted of the persons, by code of its own.
 * @param candidates - of a text metric
 */
export function truthOf(metric: Metric, truths: Truths, candidates: readonly string[]): TruthOf {
  const { answers } = catalogue.get(metric.params.mechanism) as Mechanism;
  switch (answers) {
    case 'frequencies':
      return frequencyTruth(metric, truths);
    case 'distribution':
      return distributionTruth(metric, truths);
    case 'texts':
      return textTruth(truths, candidates);
  }
}

/** How many hold each index. */
function countsOf({ domainSize }: Metric, { counts }: Truths): Float64Array {
  const held = new Float64Array(domainSize);
  for (const [value, count] of counts) held[Number(value)] = count;
  return held;
}

function frequencyTruth(metric: Metric, truths: Truths): TruthOf {
  const { n } = truths;
  const counts = countsOf(metric, truths);
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / n;
  return ({ quantity, index }) => {
    if (index !== undefined) return (counts[index] as number) / n;
    switch (quantity) {
      case 'mean':
        return mean;
      case 'total':
        return mean * n;
      case 'zero':
        return (counts[0] as number) / n;
      case 'at-clamp':
        return (counts.at(-1) as number) / n;
      default:
        throw new Error(`${metric.id}: the demo does not know what ${quantity} is`);
    }
  };
}

/** Amounts are known by their bucket: spread evenly over it for a percentile, in its middle for the mean. */
function distributionTruth(metric: Metric, truths: Truths): TruthOf {
  const edges = metric.domain.edges ?? [];
  const counts = countsOf(metric, truths).subarray(0, -1);
  const events = sum(counts);
  const middle = (bucket: number): number => ((edges[bucket] as number) + (edges[bucket + 1] as number)) / 2;
  const mean = counts.reduce((total, count, bucket) => total + count * middle(bucket), 0) / events;
  return ({ quantity, quantile, from, to }) => {
    switch (quantity) {
      case 'with-event':
        return events / truths.n;
      case 'quantile':
        return percentile(edges, counts, quantile as number);
      case 'mean':
        return mean;
      default:
        // The share of some neighbouring buckets, by the edges around them.
        return sum(counts.subarray(edges.indexOf(from as number), edges.indexOf(to as number))) / events;
    }
  };
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}

function percentile(edges: readonly number[], counts: Float64Array, quantile: number): number {
  let left = quantile * sum(counts);
  for (const [bucket, count] of counts.entries()) {
    const [low, high] = [edges[bucket] as number, edges[bucket + 1] as number];
    if (count > 0 && left <= count) return low + (left / count) * (high - low);
    left -= count;
  }
  return Number.NaN;
}

function textTruth({ n, counts }: Truths, candidates: readonly string[]): TruthOf {
  const held = (text: string): number => counts.get(text) ?? 0;
  const none = held('');
  const foreseen = candidates.reduce((total, text) => total + held(text), 0);
  return ({ quantity, label, confusedWith = [] }) => {
    switch (quantity) {
      case 'with-text':
        return (n - none) / n;
      case 'unexplained':
        return (n - none - foreseen) / n;
      default:
        // Candidates that cannot be told apart are estimated together.
        return [label, ...confusedWith].reduce((total, text) => total + held(text), 0) / n;
    }
  };
}
