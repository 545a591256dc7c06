import { policy } from '../policy.js';
import { type Token, tokensOf } from './tokens.js';
import type { Tolerance, Wish, WishedQuantity } from './wish.js';

/** Refuses what stands at an offset of the wish, saying what was expected there. */
export type RefuseWish = (offset: number, expected: string) => never;

/**
 * Reads a wish:
 *
 * ```
 * wish      = goal [ "," odds ]
 * goal      = "see" words [ number "%" ]
 *           | quantity [ "within" tolerance ]
 * quantity  = "median" | "p" number | "mean" | "any share" | "share of" name | words "rate"
 * tolerance = number ( "%" | "point" | "points" | unit | nothing )
 * odds      = number "times" ( "of" | "in" | "out of" ) number
 * ```
 *
 * Case does not matter. A name is one word or more, in quotes where it has a comma, `%` or "within" in it. "%" is a part of the
 * truth, "points" are percentage points; without odds it is 19 times of 20. What is left out is what is asked for.
 */
export function parseWish(text: string, refuse: RefuseWish): Wish {
  const tokens = new Tokens(tokensOf(text), refuse);
  const goal = tokens.takes('see') ? { kind: 'see' as const, share: seenShare(tokens) } : withinGoal(tokens);
  const chance = tokens.takes(',') ? odds(tokens) : policy.confidence;
  if (tokens.next.kind !== 'end') tokens.refuse('expected the end, or a comma and how often: ", 19 times of 20"');
  return { text, goal, chance };
}

/** What is left of a wish, and what a rule may do with it. */
class Tokens {
  readonly #all: readonly Token[];
  readonly #refuse: RefuseWish;
  #place = 0;
  constructor(all: readonly Token[], refuse: RefuseWish) {
    this.#all = all;
    this.#refuse = refuse;
  }

  get next(): Token {
    return this.#all[this.#place] as Token;
  }

  /** Goes on if the next token is this one. */
  takes(...texts: readonly string[]): boolean {
    if (this.next.kind === 'name' || !texts.includes(this.next.text)) return false;
    this.#place++;
    return true;
  }

  /** Goes on past the next token. */
  take(kind: Token['kind'], expected: string): string {
    const { text } = this.next;
    if (this.next.kind !== kind) this.refuse(expected);
    this.#place++;
    return text;
  }

  number(expected: string): number {
    return Number(this.take('number', expected));
  }

  /** The words up to something else. */
  words(): readonly string[] {
    const words: string[] = [];
    for (;;) {
      const { kind, text } = this.next;
      if (kind !== 'name' && (kind !== 'word' || text === 'within')) return words;
      words.push(text);
      this.#place++;
    }
  }

  /** Of the next token. */
  refuse(expected: string): never {
    return this.refuseToken(this.next, expected);
  }

  refuseToken({ at }: Token, expected: string): never {
    return this.#refuse(at, expected);
  }
}

function seenShare(tokens: Tokens): number | undefined {
  tokens.words();
  if (tokens.next.kind !== 'number') return undefined;
  const { next } = tokens;
  const share = tokens.number('') / 100;
  if (!tokens.takes('%')) tokens.refuse('expected % after the share of installations that is to be seen');
  return share > 0 && share < 1 ? share : tokens.refuseToken(next, 'a share is above 0% and below 100%');
}

function withinGoal(tokens: Tokens): Wish['goal'] {
  const quantity = wishedQuantity(tokens);
  return { kind: 'within', quantity, tolerance: tokens.takes('within') ? tolerance(tokens, quantity) : undefined };
}

const QUANTITIES = 'expected see, median, p75, mean, any share, share of NAME, or words that end in rate';

function wishedQuantity(tokens: Tokens): WishedQuantity {
  const { next } = tokens;
  const [first = '', ...others] = tokens.words();
  const quantile = first === 'median' ? 50 : Number(/^p(\d+(?:\.\d+)?)$/.exec(first)?.[1]);
  if (quantile > 0 && quantile < 100 && others.length === 0) return { name: 'quantile', quantile: quantile / 100 };
  if (first === 'mean' && others.length === 0) return { name: 'mean' };
  if (first === 'any' && others.join(' ') === 'share') return { name: 'share', value: undefined };
  if (first === 'share' && others[0] === 'of' && others.length > 1) {
    return { name: 'share', value: others.slice(1).join(' ') };
  }
  if ([first, ...others].at(-1) === 'rate') return { name: 'share', value: undefined };
  return tokens.refuseToken(next, QUANTITIES);
}

function tolerance(tokens: Tokens, { name }: WishedQuantity): Tolerance {
  const { next } = tokens;
  const amount = tokens.number('expected a number: within how much of the truth');
  if (amount === 0) tokens.refuseToken(next, 'no estimate comes within 0 of the truth');
  if (tokens.takes('%')) return { amount: amount / 100, unit: 'part' };
  if (name === 'share') {
    if (!tokens.takes('point', 'points')) tokens.refuse('expected points (percentage points), or % (of the truth)');
    return { amount: amount / 100, unit: 'points' };
  }
  // The unit, if one is said, is the metric's: there is no other.
  tokens.words();
  return { amount, unit: 'amount' };
}

const ODDS = 'expected how often, such as "19 times of 20"';

function odds(tokens: Tokens): number {
  const { next } = tokens;
  const times = tokens.number(ODDS);
  if (!tokens.takes('times')) tokens.refuse(ODDS);
  tokens.takes('out');
  if (!tokens.takes('of', 'in')) tokens.refuse(ODDS);
  const chance = times / tokens.number(ODDS);
  const [least, most] = policy.plan.chances;
  return chance >= least && chance <= most
    ? chance
    : tokens.refuseToken(next, `how often is from ${least} to ${most}: beyond it cannot be verified by simulation`);
}
