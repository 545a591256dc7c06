import { checkReports } from '../check.js';
import type { Aggregator, Params } from '../mechanism.js';

/** An aggregator that gains nothing from many reports at once. */
export function withAccumulateAll<P extends Params, R, A extends Aggregator<P, R>>(parts: Omit<A, 'accumulateAll'>): A {
  return { ...parts, accumulateAll: accumulateEach(parts as Omit<Aggregator<P, R>, 'accumulateAll'>) } as A;
}

/** `accumulateAll` from the rest. */
function accumulateEach<P extends Params, R>({
  decode,
  empty,
  accumulate,
  merge,
}: Omit<Aggregator<P, R>, 'accumulateAll'>): Aggregator<P, R>['accumulateAll'] {
  return (params, state, bytes, draws) => {
    const { reportBytes } = params;
    const reports = checkReports(bytes, reportBytes);
    // Apart from `state`, so that a bad report leaves that as it was.
    const sum = empty(params);
    for (let i = 0; i < reports; i++) {
      accumulate(params, sum, decode(params, bytes.subarray(i * reportBytes, (i + 1) * reportBytes), draws?.[i]));
    }
    merge(params, state, sum);
  };
}
