import { bucketIndex } from '@dither/mechanisms';
import { labels, type Metric, type Registry } from '@dither/protocol';
import { CRASH_SIGNATURES, HOMEPAGES } from './texts.js';

/** One event, as an app would record it; undefined records the metric without a value. */
export interface Event {
  readonly metric: string;
  readonly value: unknown;
}

/** Uniform numbers in [0, 1), of one installation. */
export type Chance = () => number;

/** Makes up people. */
export interface Behaviour {
  begin(chance: Chance): Person;
}

/** Someone who uses the app: has traits, some of which change. */
export interface Person {
  /** The events of one session. */
  session(chance: Chance): readonly Event[];
  /** What only a dying process records. */
  crash(chance: Chance): readonly Event[];
}

function pick<T>(chance: Chance, weighted: readonly (readonly [T, number])[]): T {
  let left = chance() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of weighted) {
    left -= weight;
    if (left < 0) return item;
  }
  return (weighted[weighted.length - 1] as readonly [T, number])[0];
}

/** Log-normal with the given median. */
function logNormal(chance: Chance, median: number, sigma: number): number {
  return median * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance()));
}

const OS = [
  ['10', 3],
  ['11', 6],
  ['12', 11],
  ['13', 17],
  ['14', 24],
  ['15', 30],
  ['16', 9],
] as const;
const SCREEN = [
  ['small', 12],
  ['normal', 61],
  ['large', 22],
  ['extra large', 5],
] as const;
const LANGUAGE = [
  ['en', 31],
  ['zh', 17],
  ['es', 11],
  ['hi', 9],
  ['ar', 6],
  ['pt', 5],
  ['fr', 4],
  ['ru', 4],
  ['de', 3.5],
  ['ja', 3],
  ['id', 2],
  ['tr', 1.5],
  ['it', 1],
  ['other', 2],
] as const;
const ENGINE = [
  ['default', 78],
  ['second', 13],
  ['third', 6],
  ['own', 3],
] as const;

/** Share of people who have set a homepage; chance of a session in which somebody sets another one. */
const WITH_HOMEPAGE = 0.8;
const NEW_HOMEPAGE = 0.04;

/** How many texts are made up for a metric of which nothing else is known. */
const GENERIC_TEXTS = 30;

/** People who use the browser-like app. */
export const browserBehaviour: Behaviour = {
  begin(chance) {
    const traits: readonly Event[] = [
      { metric: 'os-version', value: pick(chance, OS) },
      { metric: 'screen-class', value: pick(chance, SCREEN) },
      { metric: 'language', value: pick(chance, LANGUAGE) },
      { metric: 'search-engine', value: pick(chance, ENGINE) },
      ...(chance() < 0.43 ? [{ metric: 'dark-mode', value: undefined }] : []),
      ...(chance() < 0.27 ? [{ metric: 'ad-blocker', value: undefined }] : []),
    ];
    const reads = chance() < 0.2;
    const slow = Math.exp(0.5 * (chance() - 0.5));
    let homepage = chance() < WITH_HOMEPAGE ? pick(chance, HOMEPAGES) : undefined;
    return {
      session(now) {
        const events: Event[] = [...traits];
        if (now() < NEW_HOMEPAGE) homepage = pick(now, HOMEPAGES);
        if (homepage !== undefined) events.push({ metric: 'homepage', value: homepage });
        const tabs = Math.floor(logNormal(now, 6, 1));
        if (tabs > 0) events.push({ metric: 'tabs-opened', value: tabs });
        for (let page = 0; page < 2; page++) {
          events.push({ metric: 'page-load', value: logNormal(now, 1400 * slow, 0.7) });
          if (now() < 0.7) events.push({ metric: 'input-delay', value: logNormal(now, 28 * slow, 0.9) });
        }
        events.push({ metric: 'memory-peak', value: logNormal(now, 420 * slow, 0.45) });
        if (reads && now() < 0.5) events.push({ metric: 'reader-mode', value: undefined });
        if (now() < 0.04) events.push({ metric: 'translate-page', value: undefined });
        return events;
      },
      crash: (now) => [
        { metric: 'crashed', value: undefined },
        { metric: 'crash-count', value: undefined },
        { metric: 'crash-signature', value: pick(now, CRASH_SIGNATURES) },
      ],
    };
  },
};

/**
 * For a registry that brings no events: each metric falls off like 1/rank over its values, and is absent at times. A
 * crash is a session that is cut short.
 */
export function genericBehaviour(registry: Registry): Behaviour {
  const session = (chance: Chance): readonly Event[] =>
    registry.wire.flatMap((metric) => {
      if (chance() < 0.1) return [];
      const index = pick(
        chance,
        Array.from({ length: valuesOf(metric) }, (_, i) => [i, 1 / (i + 1)] as const),
      );
      return eventOf(metric, index);
    });
  return { begin: () => ({ session, crash: session }) };
}

/** Number of different events made up for a metric. */
function valuesOf(metric: Metric): number {
  if (metric.kind === 'text') return GENERIC_TEXTS;
  return metric.kind === 'count' ? Math.min(metric.domainSize, 21) : labels(metric).length - 1;
}

/** An event whose value is encoded as `index`. */
function eventOf(metric: Metric, index: number): readonly Event[] {
  const { values, edges } = metric.domain;
  if (metric.kind === 'boolean') return index === 0 ? [] : [{ metric: metric.id, value: undefined }];
  if (metric.kind === 'count') return [{ metric: metric.id, value: index }];
  if (metric.kind === 'text') return [{ metric: metric.id, value: `text ${index + 1}` }];
  if (values !== undefined) return [{ metric: metric.id, value: values[index] }];
  return edges === undefined ? [] : [{ metric: metric.id, value: edges[Math.max(index, bucketIndex(edges, 0))] }];
}
