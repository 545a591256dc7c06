import type { BitChannel, Params, Threshold, WordSource } from '@dither/mechanisms';

const WORDS = 2 ** 32;

/** Reserved blocks a run may take, of 64 words at most. */
const MAX_BLOCKS = 4;

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

function isThreshold(value: unknown): value is Threshold {
  return typeof value === 'object' && value !== null && 'high' in value && 'low' in value;
}

function isChannel(value: unknown): value is BitChannel {
  return typeof value === 'object' && value !== null && 'digits' in value && 'set' in value && 'unset' in value;
}

/** The thresholds among the params, those of bits included. */
function thresholdsOf(params: Params): Threshold[] {
  return Object.values(params).flatMap((value: unknown) => {
    if (isThreshold(value)) return [value];
    return isChannel(value) ? [value.set, value.unset] : [];
  });
}

/** Where comparisons with the thresholds among the params, and rejections of the moduli, cut the words. */
export function cutsOf(params: Params, moduli: readonly number[]): number[] {
  return [
    ...moduli.map((modulus) => WORDS - (WORDS % modulus)),
    ...thresholdsOf(params).flatMap(({ high, low }) => [high, high + 1, low]),
  ];
}

/** How a client looks at its words. */
export interface Looks {
  /** A word drawn by itself is compared with these, */
  readonly cuts: Iterable<number>;
  /** or its remainder taken modulo one of these. */
  readonly moduli: readonly number[];
  /**
   * Words reserved together are binary numbers side by side, bit i of each making the number of lane i, lowest digit first.
   * So many lanes are looked at,
   */
  readonly lanes: number;
  /** and compared with these. */
  readonly thresholds: readonly Threshold[];
}

export function looksOf(params: Params, moduli: readonly number[], lanes: number): Looks {
  return { cuts: cutsOf(params, moduli), moduli, lanes, thresholds: thresholdsOf(params) };
}

/** What a run was given at one draw: a word, or a block of reserved ones. */
type Given = { readonly word: number } | { readonly block: Int32Array };

/** Thrown by the source where a run asks for more than it was given. */
class OutOfWords extends Error {
  /** @param reserved - words to be reserved, or 0 for a single one */
  constructor(readonly reserved: number) {
    super('out of words');
  }
}

function replaying(given: readonly Given[]): WordSource & { words(): number } {
  let position = 0;
  let words = 0;
  const take = (reserved: number): Given => {
    const item = given[position++];
    if (item === undefined) throw new OutOfWords(reserved);
    if ('block' in item !== reserved > 0) throw new Error('a run draws otherwise than it did with the same words');
    words += Math.max(1, reserved);
    return item;
  };
  const source = {
    block: new Int32Array(),
    next: () => (take(0) as { word: number }).word,
    reserve(count: number): number {
      source.block = (take(count) as { block: Int32Array }).block.slice();
      return 0;
    },
    words: () => words,
  };
  return source;
}

/** Lane numbers of `digits` digits that no comparison tells apart: for each set one of them, and how many there are. */
function laneCells(thresholds: readonly Threshold[], digits: number, pick: (size: number) => number) {
  const end = 1n << BigInt(digits);
  const cuts = thresholds.map(({ high, low }) => ((BigInt(high) << 32n) | BigInt(low)) >> BigInt(64 - digits));
  const edges = [...new Set([0n, ...cuts, end])].sort((a, b) => (a < b ? -1 : 1));
  return edges.slice(0, -1).map((from, i) => {
    const size = (edges[i + 1] as bigint) - from;
    // The first, the last, or one between: what is off by one shows at the ends.
    const inside = (size * BigInt(pick(1024))) >> 10n;
    return { number: from + ([0n, size - 1n, inside][pick(3)] as bigint), weight: size };
  });
}

/** Every choice of a cell for each lane, as the block that holds those numbers. */
function laneBlocks(
  looks: Looks,
  digits: number,
  pick: (size: number) => number,
): { block: Int32Array; weight: bigint }[] {
  const cells = laneCells(looks.thresholds, digits, pick);
  const blocks: { block: Int32Array; weight: bigint }[] = [];
  if (cells.length ** looks.lanes > 100_000) throw new Error('too many lanes to enumerate');
  for (let choice = 0; choice < cells.length ** looks.lanes; choice++) {
    // Lanes nobody looks at hold anything.
    const block = Int32Array.from({ length: digits }, () => pick(WORDS));
    let weight = 1n;
    for (let lane = 0, rest = choice; lane < looks.lanes; lane++, rest = Math.floor(rest / cells.length)) {
      const cell = cells[rest % cells.length] as (typeof cells)[number];
      weight *= cell.weight;
      for (let digit = 0; digit < digits; digit++) {
        const bit = Number((cell.number >> BigInt(digit)) & 1n);
        block[digit] = ((block[digit] as number) & ~(1 << lane)) | (bit << lane);
      }
    }
    blocks.push({ block, weight });
  }
  return blocks;
}

/** Exact laws of one run, in units of 2^-32 for each single word that it may draw and of 2^-64 for each lane and block. */
export interface ExactLaw {
  /** Of the result. */
  readonly results: ReadonlyMap<string, bigint>;
  /** Of the number of words drawn. */
  readonly words: ReadonlyMap<number, bigint>;
  /** Mass of the runs that draw more than maxWords single words. */
  readonly unresolved: bigint;
  readonly unit: bigint;
}

/**
 * The exact law of a randomized function, by running it on every sequence of cells of words.
 *
 * It holds if the function looks at its words only as `looks` says: then all words of a cell lead the same way. Any
 * representative must give the same law, so `pick` takes one at random.
 */
export function exactLaw(
  run: (source: WordSource) => string,
  looks: Looks,
  pick: (size: number) => number,
  maxWords: number,
): ExactLaw {
  const cells = cellsOf(looks.cuts, looks.moduli, pick);
  const results = new Map<string, bigint>();
  const words = new Map<number, bigint>();
  let unresolved = 0n;
  const given: Given[] = [];
  const unitBits = 32 * maxWords + 64 * looks.lanes * MAX_BLOCKS;
  const visit = (weight: bigint, bits: number, singles: number): void => {
    const source = replaying(given);
    const share = weight << BigInt(unitBits - bits);
    let reserved = 0;
    try {
      const result = run(source);
      results.set(result, (results.get(result) ?? 0n) + share);
      words.set(source.words(), (words.get(source.words()) ?? 0n) + share);
      return;
    } catch (error) {
      if (!(error instanceof OutOfWords)) throw error;
      reserved = error.reserved;
    }
    if (reserved > 0) {
      for (const { block, weight: own } of laneBlocks(looks, reserved, pick)) {
        given.push({ block });
        visit(weight * own, bits + reserved * looks.lanes, singles);
        given.pop();
      }
      return;
    }
    if (singles === maxWords) {
      unresolved += share;
      return;
    }
    for (const cell of cells) {
      given.push({ word: cell.word });
      visit(weight * cell.weight, bits + 32, singles + 1);
      given.pop();
    }
  };
  visit(1n, 0, 0);
  return { results, words, unresolved, unit: 1n << BigInt(unitBits) };
}
