import {
  amountAt,
  bucketMiddles,
  type IndexParams,
  type Mechanism,
  type Params,
  type State,
  uniformInt,
  type WordSource,
} from '@dither/mechanisms';
import { exactSampler } from '../exact/sampler.js';
import { policy } from '../policy.js';
import { type Asked, truthOf } from '../predict/asked.js';
import type { Candidate } from '../predict/candidates.js';
import { quantityIndex } from '../predict/error.js';
import { type Subject, wholeHolders } from '../predict/subject.js';

/** How a measured error came about. */
export type Engine = 'exact' | 'marginal' | 'clients';

/** Something that draws what a server would hold, and says how far its estimates are from the truth. */
export interface Measuring {
  readonly engine: Engine;
  /** Squared errors of one repetition; NaN where nothing is estimated. */
  squares(source: WordSource): readonly number[];
}

/** Undefined where the mechanism has no law that can be drawn from, and too many reports would have to be made. */
export function measuringAt(
  { mechanism }: Candidate,
  params: Params,
  asked: readonly Asked[],
  { subject, n, repetitions }: { readonly subject: Subject; readonly n: number; readonly repetitions: number },
): Measuring | undefined {
  const holders = wholeHolders(subject.shares, n);
  const truths = asked.map((one) => truthOf(one, subject.metric, holders));
  const estimates = estimatesOf(mechanism, params, asked, subject);
  const squaresOf = (state: State): readonly number[] =>
    estimates(state).map((estimate, i) => (estimate - (truths[i] as number)) ** 2);
  const sampler = exactSampler(mechanism, params, subject.texts);
  if (sampler !== undefined) {
    const engine = sampler.law === 'joint' ? 'exact' : 'marginal';
    return { engine, squares: (source) => squaresOf(sampler.sample(holders, source)) };
  }
  if (n * repetitions > policy.compare.mostReports) return undefined;
  return { engine: 'clients', squares: (source) => squaresOf(reported(mechanism, params, holders, subject, source)) };
}

/** A report of every installation, made as an app would. */
function reported(
  { client, aggregator }: Mechanism,
  params: Params,
  holders: Float64Array,
  { texts }: Subject,
  source: WordSource,
): State {
  const { draws } = params;
  // Which types belong together the catalogue does not say.
  const { randomize } = client as unknown as { randomize: (...args: readonly unknown[]) => unknown };
  const { empty, accumulate } = aggregator as unknown as {
    empty: (params: Params) => State;
    accumulate: (params: Params, state: State, report: unknown) => void;
  };
  const state = empty(params);
  holders.forEach((count, value) => {
    for (let i = 0; i < count; i++) {
      const draw = draws === undefined ? undefined : uniformInt(source, draws);
      accumulate(params, state, randomize(params, texts?.[value] ?? value, source, draw));
    }
  });
  return state;
}

function estimatesOf(
  mechanism: Mechanism,
  params: Params,
  asked: readonly Asked[],
  { metric, texts = [] }: Subject,
): (state: State) => readonly number[] {
  switch (mechanism.answers) {
    case 'frequencies': {
      const indices = asked.map((one) => quantityIndex(mechanism, params as IndexParams, one));
      return (state) => {
        const estimates = mechanism.aggregator.estimate(params as IndexParams, state);
        return indices.map((index) => estimates[index]?.value ?? Number.NaN);
      };
    }
    case 'distribution': {
      const edges = metric.domain.edges ?? [];
      const quantiles = asked.flatMap((one) => (one.of === 'quantile' ? [one.quantile] : []));
      const question = { quantiles, above: [], amounts: bucketMiddles(edges) };
      return (state) =>
        mechanism.aggregator
          .distribution(params as IndexParams, state, question)
          .quantiles.map(({ place }) => amountAt(edges, place));
    }
    case 'texts': {
      const candidates = texts.slice(1);
      return (state) => mechanism.aggregator.texts(params, state, { candidates }).texts.map(({ value }) => value);
    }
  }
}
