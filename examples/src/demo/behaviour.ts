import { bucketIndex } from '@dither/mechanisms';
import { labels, type Metric, type Registry } from '@dither/protocol';

/** One event, as an app would record it; undefined records the metric without a value. */
export interface Event {
  readonly metric: string;
  readonly value: unknown;
}

/** Uniform numbers in [0, 1), of one installation. */
export type Chance = () => number;

/** What a person does with the app: their traits, then the events of one session. */
export interface Behaviour {
  begin(chance: Chance): Session;
}

export type Session = (chance: Chance) => readonly Event[];

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
    return (session) => {
      const events: Event[] = [...traits];
      const tabs = Math.floor(logNormal(session, 6, 1));
      if (tabs > 0) events.push({ metric: 'tabs-opened', value: tabs });
      for (let page = 0; page < 2; page++) {
        events.push({ metric: 'page-load', value: logNormal(session, 1400 * slow, 0.7) });
        if (session() < 0.7) events.push({ metric: 'input-delay', value: logNormal(session, 28 * slow, 0.9) });
      }
      events.push({ metric: 'memory-peak', value: logNormal(session, 420 * slow, 0.45) });
      if (reads && session() < 0.5) events.push({ metric: 'reader-mode', value: undefined });
      if (session() < 0.04) events.push({ metric: 'translate-page', value: undefined });
      return events;
    };
  },
};

/** Events that only a dying process records. */
export const CRASH: readonly Event[] = [
  { metric: 'crashed', value: undefined },
  { metric: 'crash-count', value: undefined },
];

/** For a registry that brings no events: each metric falls off like 1/rank over its values, and is absent at times. */
export function genericBehaviour(registry: Registry): Behaviour {
  return {
    begin: () => (chance) =>
      registry.wire.flatMap((metric) => {
        if (chance() < 0.1) return [];
        const size = metric.kind === 'count' ? Math.min(metric.domainSize, 21) : labels(metric).length - 1;
        const index = pick(
          chance,
          Array.from({ length: size }, (_, i) => [i, 1 / (i + 1)] as const),
        );
        return eventOf(metric, index);
      }),
  };
}

/** An event whose value is encoded as `index`. */
function eventOf(metric: Metric, index: number): readonly Event[] {
  const { values, edges } = metric.domain;
  if (metric.kind === 'boolean') return index === 0 ? [] : [{ metric: metric.id, value: undefined }];
  if (metric.kind === 'count') return [{ metric: metric.id, value: index }];
  if (values !== undefined) return [{ metric: metric.id, value: values[index] }];
  return edges === undefined ? [] : [{ metric: metric.id, value: edges[Math.max(index, bucketIndex(edges, 0))] }];
}
