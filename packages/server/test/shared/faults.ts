import type { Dice } from './dice.js';

/** What a client asks of a database. */
export type Step = 'begin' | 'statement' | 'commit';

/**
 * What may go wrong with it.
 * `serialization-failure`: the transaction is rolled back, and may be tried again.
 * The others lose the connection, and look the same to the client. `lost-before`: the request never arrived.
 * `lost-during`: it is carried out after the client has given up. `lost-after`: it was, and the answer is lost.
 */
export type Fault = 'serialization-failure' | 'lost-before' | 'lost-during' | 'lost-after';

/** Asked once per step. */
export type Faults = (step: Step) => Fault | undefined;

export const noFaults: Faults = () => undefined;

const FAULTS: { readonly [step in Step]: readonly Fault[] } = {
  begin: ['lost-before'],
  statement: ['serialization-failure', 'lost-before', 'lost-during', 'lost-after'],
  commit: ['serialization-failure', 'lost-before', 'lost-during', 'lost-after'],
};

export interface FaultRates {
  /** Of the steps that fail. A commit is four times as likely to: it is the step that matters. */
  readonly share: number;
  /** Faults in all, so that whoever retries succeeds in the end. */
  readonly most: number;
}

export function randomFaults(dice: Dice, { share, most }: FaultRates): Faults {
  let left = most;
  return (step) => {
    if (left === 0 || !dice.happens(step === 'commit' ? 4 * share : share)) return undefined;
    left--;
    return dice.pick(FAULTS[step]);
  };
}

/** Faults on order. */
export class ScriptedFaults {
  readonly #script: { readonly step: Step; readonly fault: Fault }[] = [];

  /** The next such step fails so. */
  add(step: Step, fault: Fault): void {
    this.#script.push({ step, fault });
  }

  readonly faults: Faults = (step) => {
    const at = this.#script.findIndex((entry) => entry.step === step);
    return at === -1 ? undefined : this.#script.splice(at, 1)[0]?.fault;
  };
}
