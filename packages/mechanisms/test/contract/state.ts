import { decodeState, encodeState, type State } from '@dither/mechanisms';
import { codeOf, ensure } from '../support/ensure.js';
import { seededSource } from '../support/seeded.js';
import type { Case, Value } from './case.js';

/** States of some reports each, and one of all of them. */
function states({ client, aggregator, params, values }: Case): { parts: State[]; whole: State } {
  const source = seededSource('states');
  const whole = aggregator.empty(params);
  const parts = [7, 1, 12].map((reports) => {
    const part = aggregator.empty(params);
    for (let i = 0; i < reports; i++) {
      const report = client.randomize(params, values[i % values.length] as Value, source);
      aggregator.accumulate(params, part, report);
      aggregator.accumulate(params, whole, report);
    }
    return part;
  });
  return { parts, whole };
}

function sameState(a: State, b: State): boolean {
  return a.params === b.params && a.n === b.n && a.counts.join() === b.counts.join();
}

/** Merging is commutative and associative, the empty state is neutral, and it equals accumulating everything. */
export function checkMerge(testCase: Case): void {
  const { aggregator, params } = testCase;
  const { parts, whole } = states(testCase);
  const [a, b, c] = parts as [State, State, State];
  const sum = (...terms: State[]): State => {
    const result = aggregator.empty(params);
    for (const term of terms) aggregator.merge(params, result, term);
    return result;
  };
  ensure(sameState(sum(a, b), sum(b, a)), 'merging does not commute');
  ensure(sameState(sum(sum(a, b), c), sum(a, sum(b, c))), 'merging does not associate');
  ensure(sameState(sum(a), a) && sameState(sum(a, aggregator.empty(params)), a), 'the empty state is not neutral');
  ensure(sameState(sum(a, b, c), whole), 'merging parts differs from accumulating everything');
  ensure(whole.n === 20, 'n is not the number of reports');
}

/** States of another epsilon, channel or counter layout are refused with their code, and nothing is added. */
export function checkMismatch({ aggregator, epsilon, params, withEpsilon }: Case): void {
  const state = aggregator.empty(params);
  const strangers: State[] = [
    aggregator.empty(withEpsilon(epsilon === 1 ? 2 : 1)),
    { ...aggregator.empty(params), params: `x${state.params}` },
    { ...aggregator.empty(params), counts: new Float64Array(state.counts.length + 1) },
  ];
  for (const stranger of strangers) {
    stranger.n = 1;
    const code = codeOf(() => aggregator.merge(params, state, stranger));
    ensure(code === 'state-mismatch', `a state of other parameters: ${code}`);
    ensure(state.n === 0, 'a refused merge changed the state');
  }
}

/** A state survives its bytes. */
export function checkStateBytes(testCase: Case): void {
  const { whole } = states(testCase);
  ensure(sameState(decodeState(encodeState(whole)), whole), 'a state differs after encoding');
}
