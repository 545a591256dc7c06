import { isParityOdd } from '../encode/hadamard.js';
import { firstRow, type HashPool } from '../encode/hash-pool.js';
import { walshHadamard } from './walsh-hadamard.js';

/**
 * For each value of the domain, the sum over the functions of a pool of the amount in the value's cell. Value by value that
 * takes domainSize * rows steps, 4e11 of them for 2^20 values in 4 cells; here it is a transform over all values together.
 *
 * @param amounts - row by row, one for each cell; whole numbers give whole sums
 */
export function sumOverRows(pool: HashPool, amounts: Float64Array): Float64Array {
  return pool.field.characteristic === 2 ? sumByBits(pool, amounts) : sumByDigits(pool, amounts);
}

/**
 * In a field of 2^s elements each bit of a cell is the parity of some of the value's bits. The amounts of a row are a sum of
 * Walsh functions of the cell, so of the value: one transform takes their coefficients, over all rows, to the sums.
 */
function sumByBits({ cells, cellOf, domainSize, points, rows }: HashPool, amounts: Float64Array): Float64Array {
  const sums = new Float64Array(points);
  const ofRow = new Float64Array(cells);
  const masks = new Int32Array(cells);
  for (let row = 0; row < rows; row++) {
    ofRow.set(amounts.subarray(row * cells, (row + 1) * cells));
    walshHadamard(ofRow);
    masks.fill(0);
    for (let bit = 1; bit < points; bit *= 2) {
      const cell = cellOf(row, bit);
      for (let i = 1; i < cells; i *= 2) masks[i] = (masks[i] as number) | (isParityOdd(cell & i) ? bit : 0);
    }
    for (let i = 0; i < cells; i++) {
      const mask = (masks[i & (i - 1)] as number) ^ (masks[i & -i] as number);
      masks[i] = mask;
      sums[mask] = (sums[mask] as number) + (ofRow[i] as number);
    }
  }
  walshHadamard(sums);
  return sums.subarray(0, domainSize).map((sum) => sum / cells);
}

/**
 * In any field: of the rows whose last factor is that of digit j, one factor after the other is exchanged for the same digit of
 * the values; what is left is an amount for each of the first j digits of a value and the cell's share of the last.
 */
function sumByDigits(pool: HashPool, amounts: Float64Array): Float64Array {
  const { cells, digits, domainSize } = pool;
  const shifted = sumTable(pool);
  const sums = new Float64Array(domainSize);
  for (let j = 0; j < digits; j++) {
    const width = cells ** j;
    const first = firstRow(cells, j) * cells;
    let block = amounts.slice(first, first + width * cells);
    for (let stride = 1; stride < width; stride *= cells) {
      // At the end only cells that are a last digit of some value are needed.
      const needed = stride * cells < width ? cells : Math.min(cells, Math.ceil(domainSize / width));
      block = exchange(block, stride, needed, pool, shifted);
    }
    for (let value = 0; value < domainSize; value++) {
      const last = Math.floor(value / width) % cells;
      sums[value] = (sums[value] as number) + (block[(value % width) * cells + last] as number);
    }
  }
  return sums;
}

/**
 * A factor a of the rows exchanged for the same digit x of the values: out[.. x .., y] = sum over a of in[.. a .., y + a x].
 * With all factors exchanged, entry y is the sum over rows of the amounts in cells y + a_0 x_0 + a_1 x_1 + ...
 *
 * @param stride - `cells` to the number of the digit
 * @param needed - entries y from here on are left zero
 * @param shifted - entry b * cells + y is y + b
 */
function exchange(
  block: Float64Array,
  stride: number,
  needed: number,
  { cells, field }: HashPool,
  shifted: Uint16Array,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(block.length);
  const run = stride * cells;
  for (let group = 0; group < block.length; group += run * cells) {
    for (let lane = group; lane < group + run; lane += cells) {
      for (let x = 0; x < cells; x++) {
        const to = lane + x * run;
        for (let a = 0; a < cells; a++) {
          const from = lane + a * run;
          const shift = field.multiply(a, x) * cells;
          for (let y = 0; y < needed; y++) {
            out[to + y] = (out[to + y] as number) + (block[from + (shifted[shift + y] as number)] as number);
          }
        }
      }
    }
  }
  return out;
}

/** All sums of two elements: entry b * cells + y is y + b. */
function sumTable({ cells, field }: HashPool): Uint16Array {
  const table = new Uint16Array(cells * cells);
  for (let b = 0; b < cells; b++) {
    for (let y = 0; y < cells; y++) table[b * cells + y] = field.add(y, b);
  }
  return table;
}
