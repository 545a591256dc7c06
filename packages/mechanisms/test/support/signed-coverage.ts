import type { SignedEstimator } from '../../src/estimate/signed.js';
import type { SignedLaw } from '../../src/estimate/signed-law.js';

/** Exact laws of signed answers, and how often an interval holds the truth. */

/** P[plus = plusFrom + i, minus = minusFrom + j] at place j * width + i; what is left out is below 1e-8 in all. */
export interface JointLaw {
  readonly mass: Float64Array;
  readonly width: number;
  readonly plusFrom: number;
  readonly minusFrom: number;
}

/** Clients by what they hold: the value, another of its block, or one of another block. */
export interface Clients {
  readonly holders: number;
  readonly mates: number;
  readonly others: number;
}

/** The law of how many answers of +1 and of -1 there are, adding client after client. */
export function jointLaw({ keep, blocks }: SignedLaw, { holders, mates, others }: Clients): JointLaw {
  const noise = (1 - keep) / (2 * blocks);
  let law: JointLaw = { mass: Float64Array.of(1), width: 1, plusFrom: 0, minusFrom: 0 };
  const groups = [
    [holders, keep + noise, noise],
    [mates, keep / 2 + noise, keep / 2 + noise],
    [others, noise, noise],
  ] as const;
  for (const [size, plus, minus] of groups) {
    for (let i = 1; i <= size; i++) {
      law = withOneMore(law, plus, minus);
      if (i % 32 === 0 || i === size) law = trimmed(law);
    }
  }
  return law;
}

function withOneMore({ mass, width, plusFrom, minusFrom }: JointLaw, plus: number, minus: number): JointLaw {
  const height = mass.length / width;
  const wider = width + 1;
  const sum = new Float64Array(wider * (height + 1));
  const add = (at: number, x: number) => {
    sum[at] = (sum[at] as number) + x;
  };
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      const x = mass[j * width + i] as number;
      if (x === 0) continue;
      const at = j * wider + i;
      add(at, x * (1 - plus - minus));
      add(at + 1, x * plus);
      add(at + wider, x * minus);
    }
  }
  return { mass: sum, width: wider, plusFrom, minusFrom };
}

/** Without the rows and columns at the edges that have next to no mass. */
function trimmed({ mass, width, plusFrom, minusFrom }: JointLaw): JointLaw {
  const height = mass.length / width;
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  mass.forEach((x, at) => {
    columns[at % width] = (columns[at % width] as number) + x;
    rows[Math.floor(at / width)] = (rows[Math.floor(at / width)] as number) + x;
  });
  const [left, right] = bulk(columns);
  const [top, bottom] = bulk(rows);
  const kept = new Float64Array((right - left) * (bottom - top));
  for (let j = top; j < bottom; j++) {
    kept.set(mass.subarray(j * width + left, j * width + right), (j - top) * (right - left));
  }
  return { mass: kept, width: right - left, plusFrom: plusFrom + left, minusFrom: minusFrom + top };
}

function bulk(masses: Float64Array): readonly [number, number] {
  let [from, to] = [0, masses.length];
  for (let left = masses[0] as number; left < 1e-11; left += masses[from] as number) from++;
  for (let left = masses[to - 1] as number; left < 1e-11; left += masses[to - 1] as number) to--;
  return [from, to];
}

/** Sum over the law of what each pair of counts gives. */
export function expectation(law: JointLaw, of: (plus: number, minus: number) => number): number {
  let sum = 0;
  law.mass.forEach((x, at) => {
    if (x > 1e-14) sum += x * of(law.plusFrom + (at % law.width), law.minusFrom + Math.floor(at / law.width));
  });
  return sum;
}

/** How often the package's 95% interval of a value's share holds the truth. */
export function signedCoverage(law: SignedLaw, clients: Clients, estimate: SignedEstimator): number {
  const truth = clients.holders / (clients.holders + clients.mates + clients.others);
  return expectation(jointLaw(law, clients), (plus, minus) => {
    const { low, high } = estimate(plus, minus);
    return low <= truth && truth <= high ? 1 : 0;
  });
}
