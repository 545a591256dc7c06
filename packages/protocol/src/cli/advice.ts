import type { TextShape } from '@dither/mechanisms';
import { type Advice, advise, type Question } from '@dither/mechanisms/advise';
import { type Asking, situationOf } from '../node/situation.js';
import type { Metric } from '../registry/metric.js';

/** Another must be this much better before it is advised: predictions rest on an assumed population. */
const CLEARLY = 0.9;

/** Mechanisms for a metric, or for what one would be. */
export interface Advised {
  /** Id and kind, or the kind alone. */
  readonly metric: string;
  readonly question: Question;
  readonly epsilon: number;
  /** Installations that report it. */
  readonly n: number;
  readonly declared?: Advice;
  readonly ranking: readonly Advice[];
}

/** The place of what the metric declares. */
export function declaredIn(ranking: readonly Advice[], { kind, params }: Asking): Advice | undefined {
  const { bits, hashes } = params as Metric['params'] & TextShape;
  return ranking.find(({ mechanism, options }) => {
    const isFilter = kind !== 'text' || (options.bits === bits && options.hashes === hashes);
    return mechanism === params.mechanism && isFilter;
  });
}

export interface Better {
  readonly advice: Advice;
  /** Its error over that of what is declared. */
  readonly ratio: number;
}

/** The first of a ranking that fits and tells all that `declared` does, if its error is clearly less. */
export function clearlyBetter(ranking: readonly Advice[], declared: Advice | undefined): Better | undefined {
  const tellsAll = ({ also }: Advice) => (declared?.also ?? []).every((name) => also.includes(name));
  const advice = ranking.find((one) => one.isAffordable && tellsAll(one));
  if (advice === undefined || declared === undefined) return undefined;
  const ratio = advice.standardError / declared.standardError;
  return ratio > CLEARLY ? undefined : { advice, ratio };
}

/**
 * What would know a metric clearly better from the reports of `n` installations; undefined if nothing would. Another filter
 * of texts must do so in no more bytes.
 */
export function betterFor(metric: Asking, n: number): Better | undefined {
  const maxBytes = metric.kind === 'text' ? metric.params.reportBytes : undefined;
  const ranking = advise(situationOf(metric, n, maxBytes));
  return clearlyBetter(ranking, declaredIn(ranking, metric));
}

/** How much less `ratio` of something is. */
export function percentLess(ratio: number): string {
  return `${(100 * (1 - ratio)).toFixed(0)}% less`;
}
