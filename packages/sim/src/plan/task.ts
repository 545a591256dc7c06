import type { Question } from '@dither/mechanisms/advise';
import { labels } from '@dither/protocol';
import { significant } from '../format.js';
import { type Asked, truthOf } from '../predict/asked.js';
import { type Subject, withShare } from '../predict/subject.js';
import type { RefuseWish } from './parse-wish.js';
import type { Tolerance, Wish } from './wish.js';

/** A wish about a metric and its population: what is to be promised. */
export interface Task {
  readonly wish: Wish;
  readonly subject: Subject;
  readonly question: Question;
  readonly asked: Asked;
  /** Of "any share" the values that it may be: the promise is that of the one that is known least, at each point. */
  readonly any?: readonly number[];
  /** How the quantity is called. */
  readonly label: string;
  /**
   * `within`: P[|estimate - truth| <= accuracy] is at least the chance. `see`: for a true share of `accuracy`, the chance that
   * its interval excludes zero; of a text, that it is in the list that holds any false one with probability at most .05.
   */
  readonly kind: 'see' | 'within';
  /** In the unit of the quantity; shares as such. Undefined where that is what is asked for. */
  readonly wanted: number | undefined;
  readonly chance: number;
}

export interface TaskOptions {
  /** The true share of the value in question, where it is not to be that of the population. */
  readonly share: number | undefined;
}

/** Puts a wish to a metric. @param refuse - told the offset in the wish and what was expected */
export function taskOf(wish: Wish, subject: Subject, { share }: TaskOptions, refuse: RefuseWish): Task {
  const { goal, chance } = wish;
  const asked = askedOf(wish, subject, refuse);
  const question = questionOf(asked, subject, refuse);
  const known = share === undefined || asked.of !== 'share' ? subject : sharing(subject, asked.value, share);
  const truth = truthOf(asked, subject.metric, known.shares);
  const any = share === undefined ? anyOf(wish, subject) : undefined;
  return {
    wish,
    subject: known,
    question,
    asked,
    ...(any === undefined ? {} : { any }),
    label: any === undefined ? labelOf(asked, subject) : 'any share',
    kind: goal.kind,
    wanted: goal.kind === 'see' ? goal.share : toleranceOf(goal.tolerance, truth, halfRange(asked, subject), refuse),
    chance,
  };
}

/** The population in which a promise is to be kept: that of the metric, with as many who hold what is to be seen. */
export function sharesAt({ kind, asked, subject }: Task, accuracy: number): Float64Array {
  if (kind === 'within' || asked.of !== 'share') return subject.shares;
  return withShare(subject.shares, asked.value, accuracy);
}

function sharing(subject: Subject, value: number, share: number): Subject {
  return { ...subject, shares: withShare(subject.shares, value, share) };
}

function askedOf({ goal }: Wish, subject: Subject, refuse: RefuseWish): Asked {
  if (goal.kind === 'see') return { of: 'share', value: rarest(subject) };
  const { quantity } = goal;
  switch (quantity.name) {
    case 'quantile':
      return { of: 'quantile', quantile: quantity.quantile };
    case 'mean':
      return { of: 'mean' };
    case 'share':
      return {
        of: 'share',
        value: quantity.value === undefined ? rarest(subject) : named(subject, quantity.value, refuse),
      };
  }
}

/**
 * Where no value is named it is the one whose error is largest: of some mechanisms the most common one. A part of the truth is
 * hardest to come near of the rarest value.
 */
function anyOf({ goal }: Wish, { metric, shares }: Subject): readonly number[] | undefined {
  if (goal.kind === 'see' || goal.quantity.name !== 'share' || goal.quantity.value !== undefined) return undefined;
  if (metric.kind === 'boolean' || goal.tolerance?.unit === 'part') return undefined;
  return Array.from(shares.keys()).filter((value) => isAnswer(metric, value));
}

function isAnswer({ kind, none }: Subject['metric'], value: number): boolean {
  return kind === 'text' ? value > 0 : value !== none;
}

/** The rarest value that is an answer: of a boolean "yes". Of several the last one. */
function rarest({ metric, shares }: Subject): number {
  if (metric.kind === 'boolean') return 1;
  let found = metric.none === 0 || metric.kind === 'text' ? 1 : 0;
  for (let value = 0; value < shares.length; value++) {
    if (isAnswer(metric, value) && (shares[value] as number) <= (shares[found] as number)) found = value;
  }
  return found;
}

function named({ metric, texts }: Subject, name: string, refuse: RefuseWish): number {
  const names = texts ?? labels(metric);
  const value = names.findIndex((label) => label.toLowerCase() === name);
  if (value >= 0 && name !== '') return value;
  const known = names.filter((label) => label !== '').slice(0, 20);
  return refuse(
    0,
    `this metric has no value of that name; it has: ${known.join(', ')}${names.length > 20 ? ', ...' : ''}`,
  );
}

function questionOf(asked: Asked, { metric: { kind } }: Subject, refuse: RefuseWish): Question {
  const isNumber = kind === 'timing' || kind === 'quantity';
  switch (asked.of) {
    case 'quantile':
      return isNumber ? 'quantiles' : refuse(0, `percentiles are of timings and quantities, and this is a ${kind}`);
    case 'mean':
      return kind === 'count' ? 'mean' : refuse(0, `a mean can be planned for counts, and this is a ${kind}`);
    case 'share':
      if (kind === 'count')
        return refuse(0, 'of counts the mean can be planned for; a share is that of a boolean or a category');
      return kind === 'text' ? 'texts' : 'shares';
  }
}

/** How a quantity is called. */
export function labelOf(asked: Asked, { metric, texts }: Pick<Subject, 'metric' | 'texts'>): string {
  switch (asked.of) {
    case 'quantile':
      return asked.quantile === 0.5 ? 'the median' : `the p${Number((100 * asked.quantile).toPrecision(6))}`;
    case 'mean':
      return 'the mean';
    case 'share':
      return metric.kind === 'boolean' ? 'the rate' : `the share of ${(texts ?? labels(metric))[asked.value]}`;
  }
}

/** What the middle of the range is within of any truth. */
function halfRange(asked: Asked, { metric: { domain, domainSize } }: Subject): number {
  switch (asked.of) {
    case 'share':
      return 1 / 2;
    case 'mean':
      return (domainSize - 1) / 2;
    case 'quantile': {
      const { edges = [] } = domain;
      return ((edges.at(-1) ?? 0) - (edges[0] ?? 0)) / 2;
    }
  }
}

function toleranceOf(
  tolerance: Tolerance | undefined,
  truth: number,
  half: number,
  refuse: RefuseWish,
): number | undefined {
  if (tolerance === undefined) return undefined;
  const { amount, unit } = tolerance;
  const wanted = unit === 'part' ? amount * Math.abs(truth) : amount;
  if (wanted >= half) {
    const most = unit === 'points' ? `${100 * half} points` : significant(half);
    return refuse(0, `within ${most} or more says nothing: the middle of the range is as near without any report`);
  }
  if (Number.isFinite(wanted) && wanted > 0) return wanted;
  return refuse(0, 'a part of the truth says nothing where that is zero or where nobody has an event; say an amount');
}
