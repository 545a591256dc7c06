import { uniformInt, type WordSource } from '@dither/mechanisms';
import { binomial } from '../random/binomial.js';

/** 1 where an odd number of the 32 bits is set, 0 otherwise: of `row & column`, whether Sylvester's Hadamard matrix has -1. */
function parity(bits: number): number {
  let folded = bits;
  for (let half = 16; half > 0; half >>= 1) folded ^= folded >>> half;
  return folded & 1;
}

/** Clients by the column they fall on, those who meet +1 there and those who meet -1. */
export interface Fallen {
  readonly plus: Float64Array;
  readonly minus: Float64Array;
}

/**
 * Clients of each row of Sylvester's Hadamard matrix fall on its columns, each as likely.
 *
 * They are drawn bit by bit of the column, from the highest: where it is 0 the rest of the row and of the column decide, where
 * it is 1 and the row has that bit too they decide the opposite. So all who agree in the bits drawn, in what is left of their
 * row and in the sign so far are alike, and are drawn on together: b log b binomials for b columns, as of a fast transform, and
 * not the b^2 of a multinomial for each row.
 *
 * @param rows - clients by row; as many entries as the matrix has columns, a power of two
 * @param isPlus - whether they fall only where their row has +1: then nobody meets -1
 */
export function fallOnColumns(source: WordSource, rows: Float64Array, isPlus: boolean): Fallen {
  const columns = rows.length;
  const all = rows.reduce((sum, clients) => sum + clients, 0);
  return all <= columns ? oneByOne(source, rows, isPlus) : bitByBit(source, rows, isPlus);
}

function oneByOne(source: WordSource, rows: Float64Array, isPlus: boolean): Fallen {
  const plus = new Float64Array(rows.length);
  const minus = new Float64Array(rows.length);
  rows.forEach((clients, row) => {
    for (let i = 0; i < clients; i++) {
      const any = uniformInt(source, rows.length);
      const isMinus = parity(any & row) === 1;
      // To turn one bit of the row pairs the columns with -1 and those with +1.
      const column = isPlus && isMinus ? any ^ (row & -row) : any;
      const fallen = isMinus && !isPlus ? minus : plus;
      fallen[column] = (fallen[column] as number) + 1;
    }
  });
  return { plus, minus };
}

function bitByBit(source: WordSource, rows: Float64Array, isPlus: boolean): Fallen {
  const plus = rows.slice();
  const minus = new Float64Array(rows.length);
  for (let half = rows.length / 2; half >= 1; half /= 2) {
    for (let first = 0; first < rows.length; first += 2 * half) {
      for (let rest = 0; rest < half; rest++) {
        const [at, above] = [first + rest, first + rest + half];
        const [plusWithout, minusWithout] = [plus[at] as number, minus[at] as number];
        const [plusWith, minusWith] = [plus[above] as number, minus[above] as number];
        // Whose row has nothing but this bit is left no choice if he must fall on +1.
        const isBound = isPlus && rest === 0;
        const a = binomial(source, plusWithout, 0.5);
        const b = binomial(source, minusWithout, 0.5);
        const c = binomial(source, plusWith, isBound ? 1 : 0.5);
        const d = binomial(source, minusWith, isBound ? 0 : 0.5);
        plus[at] = a + c;
        minus[at] = b + d;
        plus[above] = plusWithout - a + (minusWith - d);
        minus[above] = minusWithout - b + (plusWith - c);
      }
    }
  }
  return { plus, minus };
}
