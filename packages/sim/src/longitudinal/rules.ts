/**
 * When an installation draws a new answer, and when it repeats one. A permanent answer passes the value through the first of two
 * stages; each report passes the answer through the second.
 *
 * `fresh`: a new answer for each report. `latched`: a new one for each epoch, of the value at its start. `memo`: one for each
 * distinct value, kept for ever: the published rule of RAPPOR (Erlingsson, Pihur, Korolova 2014), L-GRR (Arcolezi et al. 2021)
 * and LOLOHA (Arcolezi et al. 2023). No mechanism of ours has the last: it is here to be compared with.
 */
export type Rule = 'fresh' | 'latched' | 'memo';

/** Which answer each report was made from. */
export interface Answers {
  /** Number of the answer behind each report. */
  readonly of: readonly number[];
  /** The value that each answer was drawn for. */
  readonly values: readonly number[];
}

/**
 * @param history - the value at each report
 * @param reports - of an epoch
 */
export function answersTo(rule: Rule, history: ArrayLike<number>, reports: number): Answers {
  const of: number[] = [];
  const values: number[] = [];
  const known = new Map<number, number>();
  for (let at = 0; at < history.length; at++) {
    const value = history[at] as number;
    const key = rule === 'fresh' ? at : rule === 'latched' ? Math.floor(at / reports) : value;
    const answer = known.get(key) ?? values.length;
    if (answer === values.length) {
      known.set(key, answer);
      values.push(value);
    }
    of.push(answer);
  }
  return { of, values };
}
