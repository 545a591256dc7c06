import { probability, uniformInt } from '@dither/mechanisms';
import type { GrrParams } from '@dither/mechanisms/grr';
import type { HadamardResponseParams } from '@dither/mechanisms/hadamard-response';
import type { ProjectiveGeometryParams } from '@dither/mechanisms/projective-geometry';
import { type Forgery, type Strategy, supportLine, type Target } from './forgery.js';

/** A mechanism whose report is one of so many outputs. */
export interface Outputs {
  readonly count: number;
  /** Least and largest chance of an output, whatever the value. */
  readonly least: number;
  readonly most: number;
  /** What each output says of the shares of these values together. */
  says(values: readonly number[]): Float64Array;
}

type OutputsOf = (target: Target) => Outputs;

const outputsOf: Readonly<Record<string, OutputsOf>> = {
  grr(target) {
    const { domainSize, keep } = target.params as GrrParams;
    return {
      count: domainSize,
      ...chances(probability(keep), 1, domainSize),
      says: (values) => supporting({ ...target, values }, domainSize, (add) => values.forEach(add)),
    };
  },
  'projective-geometry'(target) {
    const { space, hyperplane, keep } = target.params as ProjectiveGeometryParams;
    const { points, weight } = space;
    return {
      count: points,
      ...chances(probability(keep), weight, points),
      says: (values) =>
        supporting({ ...target, values }, points, (add) => {
          for (const value of values) {
            for (let i = 0; i < weight; i++) add((hyperplane.member(i) - value + points) % points);
          }
        }),
    };
  },
  'hadamard-response'({ params }) {
    const { keep, outputs, columns, width } = params as HadamardResponseParams;
    const kept = probability(keep);
    return {
      count: outputs,
      ...chances(kept, columns / 2, outputs),
      says(values) {
        const says = new Float64Array(outputs);
        for (const value of values) {
          const start = Math.floor(value / width) * columns;
          const row = 1 + (value % width);
          for (let column = 0; column < columns; column++) {
            says[start + column] = (says[start + column] as number) + (isOdd(column & row) ? -1 : 1) / kept;
          }
        }
        return says;
      },
    };
  },
};

/** Undefined where reports are not outputs of this kind. */
export function symbolOutputs(target: Target): Outputs | undefined {
  const { id } = target.mechanism;
  return Object.hasOwn(outputsOf, id) ? outputsOf[id]?.(target) : undefined;
}

/** Chances of an output, of which a value has `own` to itself. */
function chances(keep: number, own: number, outputs: number): Pick<Outputs, 'least' | 'most'> {
  const least = (1 - keep) / outputs;
  return { least, most: least + keep / own };
}

function supporting(target: Target, outputs: number, each: (add: (output: number) => void) => void): Float64Array {
  const supports = new Float64Array(outputs);
  each((output) => {
    supports[output] = (supports[output] as number) + 1;
  });
  return supports.map(supportLine(target));
}

function isOdd(bits: number): boolean {
  let odd = false;
  for (let left = bits; left > 0; left &= left - 1) odd = !odd;
  return odd;
}

/** Reports that are outputs, uniform among those that a strategy picks. */
export function forgeOutputs(target: Target, outputs: Outputs, strategy: Exclude<Strategy, 'input'>): Forgery {
  const { params, mechanism, values, share } = target;
  const says = outputs.says(values);
  const order = Uint32Array.from(says, (_, output) => output).sort(
    (a, b) => (says[b] as number) - (says[a] as number) || a - b,
  );
  const best = says[order[0] as number];
  const picked = {
    maximal: () => order.findIndex((output) => says[output] !== best),
    // So many that none becomes more frequent than a population could make it.
    adaptive: () => Math.ceil(share / (outputs.most - 1 / outputs.count)),
    random: () => outputs.count,
  }[strategy]();
  const count = picked < 1 ? outputs.count : Math.min(outputs.count, picked);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += says[order[i] as number] as number;
  return {
    says: sum / count,
    forge(bytes, at, source) {
      mechanism.client.encode(params as never, order[uniformInt(source, count)] as never, bytes, at);
      return 0;
    },
  };
}
