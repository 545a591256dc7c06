import { MICRO, probability, type Threshold } from '@dither/mechanisms';
import { rangeLabel } from '../registry/labels.js';
import type { Domain, Metric } from '../registry/metric.js';
import { chargePerWindow } from '../registry/participation.js';
import { formatNumber } from './format.js';
import { likelier, outOf, sure } from './odds.js';
import type { Block } from './page.js';

/**
 * What one metric asks, keeps, tells and costs, for the person whose device answers.
 * @param isDrawn - whether an installation reports it in some budget windows only
 */
export function describeMetric(metric: Metric, windowDays: number, isDrawn: boolean): readonly Block[] {
  const { description, purpose, owner, reason, expires, latch } = metric;
  return [
    { heading: metric.id, level: 3 },
    { paragraph: description },
    {
      facts: [
        ['What for', purpose],
        ['Who answers for it', owner],
        ['What is asked', asked(metric)],
        ['What your device keeps', kept(metric)],
        ...(latch === undefined ? [] : ([['What your device stores', stored(metric, latch.epoch)]] as const)),
        ['How often it is sent', often(metric, isDrawn)],
        ['What one report tells', told(metric)],
        ...(latch === undefined ? [] : toldByEpoch(metric, latch)),
        ...(reason === undefined ? [] : ([['Why it tells more than usual', reason]] as const)),
        ['Its part of the sum', partOf(metric, windowDays)],
        ['When it ends', `After ${expires} (UTC) the app no longer asks this.`],
      ],
    },
  ];
}

/** Values of a list that are shown; a page is to be read. */
const SHOWN = 20;

function asked({ kind, domain, params }: Metric): string {
  switch (kind) {
    case 'boolean':
      return 'Yes or no: whether it happened at least once. If it did not happen, the answer is no.';
    case 'category':
      return `One of a list: ${list(domain.values ?? [])}; or "none", if nothing happened.`;
    case 'count':
      return `How many times, from 0 to ${domain.clamp}. What is more counts as ${domain.clamp}.`;
    case 'timing':
      return `How long it took in milliseconds, but only as ${ranges(domain)}; or "none", if nothing happened.`;
    case 'quantity':
      return `A number in ${domain.unit}, but only as ${ranges(domain)}; or "none", if nothing happened.`;
    case 'text': {
      const { bits } = params as Metric['params'] & { readonly bits?: number };
      return `A text, cut after ${domain.maxLength} characters; or nothing. The text itself is never sent: it is turned into a pattern of ${bits} marks, and the marks are then changed at random. Whoever counts can only look for texts that they have on a list already.`;
    }
  }
}

function list(values: readonly string[]): string {
  const shown = values.slice(0, SHOWN).map((value) => `"${value}"`);
  const more = values.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more, which the registry file lists`;
}

function ranges({ edges = [] }: Domain): string {
  const last = edges.length - 2;
  const ends = [0, last].map((i) => `"${rangeLabel(edges, i, i + 1)}"`);
  return `one of ${edges.length - 1} ranges, from ${ends.join(' to ')}`;
}

function kept(metric: Metric): string {
  const what = keptOf(metric);
  const { latch } = metric;
  if (latch === undefined) {
    return `${what} It stays on the device until ${periodOf(metric)} ended and the app runs again; then the answer is made, and it is erased.`;
  }
  return `${what} It stays on the device until the first report of each span of ${latch.epoch} days is made, and is then erased. In the rest of the span nothing is kept.`;
}

function keptOf({ kind, aggregate }: Metric): string {
  const thing = {
    boolean: 'event',
    category: 'choice',
    count: 'number',
    timing: 'range',
    quantity: 'range',
    text: 'text',
  };
  switch (aggregate) {
    case 'any':
      return 'That it happened, once it did; no time, no number of times.';
    case 'sum':
      return 'The number so far.';
    case 'first':
      return `The first ${thing[kind]} alone.`;
    case 'last':
      return `The last ${thing[kind]} alone.`;
    case 'max':
      return `The largest ${thing[kind]} so far.`;
    case 'random':
      return `One ${thing[kind]}, picked at random among all so far, and how many there were.`;
  }
}

function stored({ params }: Metric, epoch: number): string {
  const again =
    params.mechanism === 'd-bit-flip'
      ? 'Each report of the span repeats what is stored.'
      : 'Each report of the span is made from what is stored, by changing it at random once more.';
  return `Once in each span of ${epoch} days the answer is changed at random, and what comes out is stored in its place; the answer itself is forgotten. ${again}`;
}

function often(metric: Metric, isDrawn: boolean): string {
  const drawn = isDrawn ? ' and your device had drawn this question' : '';
  const { reportBytes } = metric.params;
  const bytes = reportBytes === 1 ? 'one byte' : `${formatNumber(reportBytes)} bytes`;
  return `Once for ${every(metric.period)} in which the app ran${drawn}: also if nothing happened. A report takes ${bytes}, whatever it says.`;
}

function told(metric: Metric): string {
  const noise = noiseOf(metric);
  return `${bounded(metric.microEpsilon / MICRO, 'that answer is')}${noise === undefined ? '' : ` ${noise}`}`;
}

function toldByEpoch({ microEpoch }: Metric, { epoch, epsilonInfinity }: NonNullable<Metric['latch']>) {
  const together = (microEpoch.at(-1) as number) / MICRO;
  return [
    [
      `What all ${microEpoch.length} reports of ${epoch} days tell together`,
      `${bounded(together, 'those answers together are')} However many were sent, no more than epsilon ${epsilonInfinity}.`,
    ],
  ] as const;
}

/** What an answer may tell at most, in the words of the page's introduction. */
function bounded(epsilon: number, answer: string): string {
  return `Epsilon ${epsilon}: whatever your device answers, ${answer} ${likelier(epsilon)} under one truth than under any other. Somebody to whom two truths were equally likely is afterwards ${sure(epsilon)} of one.`;
}

/** How many answers are not the truth, for the mechanisms of which that says it all. */
function noiseOf({ kind, params }: Metric): string | undefined {
  const {
    truth,
    keep,
    domainSize = 0,
  } = params as Metric['params'] & {
    readonly truth?: Threshold;
    readonly keep?: Threshold;
    readonly domainSize?: number;
  };
  if (kind === 'boolean' && params.mechanism === 'rr' && truth !== undefined) {
    return `Of such answers ${outOf(1 - probability(truth))} are the opposite of the truth.`;
  }
  if (params.mechanism === 'grr' && keep !== undefined) {
    return `Of such answers ${outOf(((1 - probability(keep)) * (domainSize - 1)) / domainSize)} name something that is not the truth.`;
  }
  return undefined;
}

function partOf(metric: Metric, windowDays: number): string {
  return `At most epsilon ${chargePerWindow(metric, windowDays) / MICRO} in any ${windowDays} days.`;
}

function periodOf({ period }: Metric): string {
  return period === 1 ? 'the day has' : `the ${period} days have`;
}

function every(period: number): string {
  return period === 1 ? 'each day' : `each ${period} days`;
}
