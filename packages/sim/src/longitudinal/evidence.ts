import { copied, type Reader, rest, type Tally } from './reader.js';

/** What somebody who sees all messages of an installation, and knows channel and rule, can tell. */
export interface Evidence {
  /** The value guessed after each of the moments asked for, as one that never changed: by likelihood alone, and by Bayes' rule. */
  readonly likeliest: readonly number[];
  readonly mostProbable: readonly number[];
  /** How much likelier all messages are if the value changed once, at the best moment, than if it never did: a logarithm. */
  readonly split: number;
  /** How badly the best single value explains them: minus the logarithm of their chance. */
  readonly misfit: number;
}

export interface Reading {
  readonly reader: Reader;
  /** ln of how common each value is. */
  readonly prior: Float64Array;
  /** Messages that were made from one permanent answer if the value never changed: 1, those of an epoch, or all. */
  readonly together: number;
  /** Whether a change of the value changes the answer at once, whatever `together` says: the memo rule. */
  readonly isMemo: boolean;
  /** Numbers of messages, in their order. */
  readonly moments: readonly number[];
  /** Moments of a change that are tried, at most. */
  readonly maxCuts: number;
}

export function evidenceOf(messages: readonly unknown[], reading: Reading): Evidence {
  const { reader, prior, together, isMemo, moments, maxCuts } = reading;
  const unit = isMemo ? 1 : together;
  const stride = unit * Math.ceil(messages.length / unit / maxCuts);
  const likeliest: number[] = [];
  const mostProbable: number[] = [];
  /** At each cut: the messages before it under the memo rule, else what they say of each value. */
  const tallies: Tally[] = [];
  const before: Float64Array[] = [];
  /** ln P[messages | value], of whole answers and of all so far. */
  const whole = new Float64Array(prior.length);
  const all = new Float64Array(prior.length);
  let tally = reader.empty();
  messages.forEach((message, at) => {
    reader.add(tally, message);
    const count = at + 1;
    const isEnd = count % together === 0 || count === messages.length;
    const isCut = count % stride === 0 && count < messages.length;
    const isAsked = moments.includes(count);
    if (isMemo && isCut) tallies.push(copied(tally));
    if (!isAsked && !isEnd) return;
    reader.read(tally, all);
    for (let value = 0; value < all.length; value++) all[value] = (all[value] as number) + (whole[value] as number);
    if (isAsked) {
      likeliest.push(bestOf(all));
      mostProbable.push(bestOf(all, prior));
    }
    if (!isEnd) return;
    whole.set(all);
    if (!isMemo && isCut) before.push(all.slice());
    // Under the memo rule all messages are one tally, which is needed below.
    if (!isMemo) tally = reader.empty();
  });

  const best = whole[bestOf(whole)] as number;
  let split = 0;
  const tryCut = (first: Float64Array, second: Float64Array): void => {
    split = Math.max(split, (first[bestOf(first)] as number) + (second[bestOf(second)] as number) - best);
  };
  const after = new Float64Array(prior.length);
  for (const part of tallies) {
    reader.read(part, all);
    reader.read(rest(tally, part), after);
    tryCut(all, after);
  }
  for (const part of before) {
    for (let value = 0; value < after.length; value++)
      after[value] = (whole[value] as number) - (part[value] as number);
    tryCut(part, after);
  }
  return { likeliest, mostProbable, split, misfit: -best };
}

/** The value of the largest sum; the first of several. */
function bestOf(logs: Float64Array, prior?: Float64Array): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let value = 0; value < logs.length; value++) {
    const sum = (logs[value] as number) + (prior?.[value] ?? 0);
    if (sum > most) {
      most = sum;
      best = value;
    }
  }
  return best;
}
