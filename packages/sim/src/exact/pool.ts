import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { LocalHashingParams } from '@dither/mechanisms/local-hashing';
import { multinomial, scatter } from '../random/multinomial.js';
import { add } from './draw.js';

type Pool = LocalHashingParams['pool'];

/**
 * Clients of each value fall on the functions of a pool, each as likely.
 *
 * A function is a row of factors a_0 .. a_(j-1), 1, and the cell of a value the sum of a_i x_i and x_j, x its digits. Factors
 * are drawn one after the other: all who agree in j, in the factors drawn, in the digits that are left and in the sum so far
 * are alike, and are drawn on together. That takes about as many multinomials for each factor as there are counters, and not
 * one over all functions for each value.
 *
 * @param held - clients by value
 * @returns clients by row * cells + cell
 */
export function fallOnRows(source: WordSource, pool: Pool, held: ArrayLike<number>): Float64Array {
  const { cells, rows, digits, points } = pool;
  const fallen = new Float64Array(rows * cells);
  let all = 0;
  for (let value = 0; value < held.length; value++) all += held[value] as number;
  if (all <= points * digits) oneByOne(source, pool, held, fallen);
  else factorByFactor(source, pool, held, fallen);
  return fallen;
}

function oneByOne(source: WordSource, pool: Pool, held: ArrayLike<number>, fallen: Float64Array): void {
  for (let value = 0; value < held.length; value++) {
    for (let i = 0; i < (held[value] as number); i++) {
      const row = uniformInt(source, pool.rows);
      add(fallen, row * pool.cells + pool.cellOf(row, value), 1);
    }
  }
}

function factorByFactor(source: WordSource, pool: Pool, held: ArrayLike<number>, fallen: Float64Array): void {
  const { cells, digits } = pool;
  // So many functions have their 1 at digit j, whose digits before it are the number of the function among them.
  const functions = Array.from({ length: digits }, (_, j) => cells ** j);
  // Of each j, by those digits times `cells` plus digit j: the sum so far.
  const blocks = functions.map((width) => new Float64Array(width * cells));
  for (let value = 0; value < held.length; value++) {
    multinomial(source, held[value] as number, functions).forEach((clients, j) => {
      const width = functions[j] as number;
      const digit = Math.floor(value / width) % cells;
      add(blocks[j] as Float64Array, (value % width) * cells + digit, clients);
    });
  }
  let first = 0;
  blocks.forEach((block, j) => {
    for (let i = 0; i < j; i++) drawFactor(source, pool, block, functions[i] as number);
    fallen.set(block, first);
    first += block.length;
  });
}

/** Exchanges a digit of the values for the factor drawn: entry (.. x .., sum) comes to (.. a .., sum + a x), for each a alike. */
function drawFactor(source: WordSource, { cells, field }: Pool, block: Float64Array, width: number): void {
  const stride = width * cells;
  const drawn = new Float64Array(cells * cells);
  const clients = new Float64Array(cells);
  for (let group = 0; group < block.length; group += stride * cells) {
    for (let lane = group; lane < group + stride; lane += cells) {
      drawn.fill(0);
      for (let x = 0; x < cells; x++) {
        for (let sum = 0; sum < cells; sum++) {
          const all = block[lane + x * stride + sum] as number;
          if (all === 0) continue;
          clients.fill(0);
          scatter(source, all, clients, 0, cells);
          for (let a = 0; a < cells; a++) {
            add(drawn, a * cells + field.add(sum, field.multiply(a, x)), clients[a] as number);
          }
        }
      }
      for (let a = 0; a < cells; a++) {
        block.set(drawn.subarray(a * cells, (a + 1) * cells), lane + a * stride);
      }
    }
  }
}
