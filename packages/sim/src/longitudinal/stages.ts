import { type BitChannel, type Params, probability, type TextShape, type Threshold } from '@dither/mechanisms';

/**
 * One part of a report, in doubles: a small set of values through two channels in a row. Given the values, the parts of a report
 * are independent of one another.
 */
export interface Part {
  /** Row i: the chances of what is stored, for a value of class i. */
  readonly permanent: readonly (readonly number[])[];
  /** Row s: the chances of what is reported, where s is stored. */
  readonly instantaneous: readonly (readonly number[])[];
}

/** The two stages of a mechanism, as whoever knows its channel sees them. */
export type Stages = Cells | Bits;

interface Cells {
  readonly shape: 'cells';
  /** g: what is stored, and what is reported, is one of so many. */
  readonly cells: number;
  /** How often each stage keeps a cell; otherwise it takes a uniform one of all. */
  readonly permanent: number;
  readonly instantaneous: number;
}

interface Bits {
  readonly shape: 'bits';
  /** Bits of a report. */
  readonly bits: number;
  /** Bits that are a value's own. */
  readonly own: number;
  /** Chances of a set bit: stored, of the own and of another; reported, of one stored as set and of another. */
  readonly permanent: readonly [own: number, other: number];
  readonly instantaneous: readonly [set: number, unset: number];
}

/** How often a part occurs, and the class of each value in it. */
export interface Occurring {
  readonly part: Part;
  readonly count: number;
  readonly classes: readonly number[];
}

interface CellParams extends Params {
  readonly cells: number;
  readonly permanent: Threshold;
  readonly instantaneous: Threshold;
}

interface BitParams extends Params, Partial<TextShape> {
  readonly domainSize?: number;
  readonly permanent: BitChannel;
  readonly instantaneous: BitChannel;
}

interface RepeatedParams extends Params {
  readonly sampled: number;
  readonly truth: Threshold;
}

/** The stages of params of a mechanism that latches; undefined of any other. */
export function stagesOf(params: Params): Stages | undefined {
  switch (params.mechanism) {
    case 'l-grr':
    case 'loloha': {
      const { cells, permanent, instantaneous } = params as CellParams;
      return {
        shape: 'cells',
        cells,
        permanent: probability(permanent),
        instantaneous: probability(instantaneous),
      };
    }
    case 'l-osue':
    case 'rappor': {
      const { permanent, instantaneous, bits, hashes = 1, domainSize } = params as BitParams;
      return {
        shape: 'bits',
        bits: bits ?? (domainSize as number),
        own: hashes,
        permanent: [probability(permanent.set), probability(permanent.unset)],
        instantaneous: [probability(instantaneous.set), probability(instantaneous.unset)],
      };
    }
    case 'd-bit-flip': {
      const { sampled, truth } = params as RepeatedParams;
      const own = probability(truth);
      return { shape: 'bits', bits: sampled, own: 1, permanent: [own, 1 - own], instantaneous: [1, 0] };
    }
    default:
      return undefined;
  }
}

/**
 * The parts of a report that tell `held` different values apart, none of which shares a cell or a bit with another.
 *
 * @param isWhole - false: of cells only those of the values are looked at. What is found then is the worst of the sequences of
 *   reports that say one of these each time, so at most the worst of all. Bits are few enough to be looked at whole.
 */
export function partsOf(stages: Stages, held: number, isWhole: boolean): readonly Occurring[] {
  const classes = Array.from({ length: held }, (_, value) => value);
  if (stages.shape === 'cells') {
    return [{ part: isWhole ? wholeCells(stages) : ownCells(stages, held), count: 1, classes }];
  }
  const { bits, own, permanent, instantaneous } = stages;
  const part: Part = { permanent: permanent.map(binary), instantaneous: [...instantaneous].reverse().map(binary) };
  const parts = classes.map((mine) => ({
    part,
    count: own,
    classes: classes.map((value) => (value === mine ? 0 : 1)),
  }));
  const rest = bits - held * own;
  return rest > 0 ? [...parts, { part, count: rest, classes: classes.map(() => 1) }] : parts;
}

/** Unset first. */
function binary(set: number): readonly number[] {
  return [1 - set, set];
}

function wholeCells({ cells, permanent, instantaneous }: Cells): Part {
  const round = (keep: number) =>
    Array.from({ length: cells }, (_, from) =>
      Array.from({ length: cells }, (__, to) => chance(keep, cells, from === to)),
    );
  return { permanent: round(permanent), instantaneous: round(instantaneous) };
}

/** What is stored is the cell of one of the values, or any of the others together. */
function ownCells({ cells, permanent, instantaneous }: Cells, held: number): Part {
  const row = (keep: number, from: number) => Array.from({ length: held }, (_, to) => chance(keep, cells, from === to));
  return {
    permanent: Array.from({ length: held }, (_, value) => {
      const own = row(permanent, value);
      return [...own, 1 - own.reduce((sum, x) => sum + x, 0)];
    }),
    instantaneous: Array.from({ length: held + 1 }, (_, stored) => row(instantaneous, stored)),
  };
}

function chance(keep: number, cells: number, isSame: boolean): number {
  return (isSame ? keep : 0) + (1 - keep) / cells;
}
