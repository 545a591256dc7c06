import type { Params, WordSource } from '@dither/mechanisms';

const WORDS = 2 ** 32;

/** A set of words that a client cannot tell apart: `weight` of them, one of which stands for all. */
interface Cell {
  readonly word: number;
  readonly weight: bigint;
}

/**
 * Cuts the words at `cuts` and by their remainders modulo each of `moduli`.
 * @param pick - chooses the representative: an integer in [0, size)
 */
function cellsOf(cuts: Iterable<number>, moduli: readonly number[], pick: (size: number) => number): Cell[] {
  const modulus = moduli.reduce(leastCommonMultiple, 1);
  const edges = [...new Set([0, ...cuts, WORDS])].filter((cut) => cut >= 0 && cut <= WORDS).sort((a, b) => a - b);
  const cells: Cell[] = [];
  edges.slice(0, -1).forEach((from, i) => {
    const to = edges[i + 1] as number;
    for (let residue = 0; residue < modulus; residue++) {
      const first = from + ((residue - (from % modulus) + modulus) % modulus);
      const size = first < to ? Math.ceil((to - first) / modulus) : 0;
      if (size > 0) cells.push({ word: first + modulus * pick(size), weight: BigInt(size) });
    }
  });
  return cells;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** Where comparisons with the thresholds among the params, and rejections of the moduli, cut the words. */
export function cutsOf(params: Params, moduli: readonly number[]): number[] {
  const cuts = moduli.map((modulus) => WORDS - (WORDS % modulus));
  for (const value of Object.values(params)) {
    if (typeof value === 'object' && 'high' in value && 'low' in value) {
      cuts.push(value.high, value.high + 1, value.low);
    }
  }
  return cuts;
}

class OutOfWords extends Error {}

/** Exact laws of one run, in units of 2^(-32 maxWords). */
export interface ExactLaw {
  /** Of the result. */
  readonly results: ReadonlyMap<string, bigint>;
  /** Of the number of words drawn. */
  readonly words: ReadonlyMap<number, bigint>;
  /** Mass of the runs that draw more than maxWords. */
  readonly unresolved: bigint;
  readonly unit: bigint;
}

/**
 * The exact law of a randomized function, by running it on every sequence of cells of words.
 *
 * It holds if the function looks at a word only by comparing it with one of `cuts`, or by its remainder modulo one of
 * `moduli`: then all words of a cell lead the same way. Any representative must give the same law, so `pick` takes
 * one at random.
 */
export function exactLaw(
  run: (source: WordSource) => string,
  cuts: Iterable<number>,
  moduli: readonly number[],
  pick: (size: number) => number,
  maxWords: number,
): ExactLaw {
  const cells = cellsOf(cuts, moduli, pick);
  const results = new Map<string, bigint>();
  const words = new Map<number, bigint>();
  let unresolved = 0n;
  const prefix: number[] = [];
  const visit = (weight: bigint): void => {
    let position = 0;
    const source = {
      next(): number {
        if (position === prefix.length) throw new OutOfWords();
        return prefix[position++] as number;
      },
    };
    const share = weight << BigInt(32 * (maxWords - prefix.length));
    try {
      const result = run(source);
      results.set(result, (results.get(result) ?? 0n) + share);
      words.set(position, (words.get(position) ?? 0n) + share);
      return;
    } catch (error) {
      if (!(error instanceof OutOfWords)) throw error;
    }
    if (prefix.length === maxWords) {
      unresolved += share;
      return;
    }
    for (const cell of cells) {
      prefix.push(cell.word);
      visit(weight * cell.weight);
      prefix.pop();
    }
  };
  visit(1n);
  return { results, words, unresolved, unit: 1n << BigInt(32 * maxWords) };
}
