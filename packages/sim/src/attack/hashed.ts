import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { LocalHashingParams } from '@dither/mechanisms/local-hashing';
import { uniform } from '../random/uniform.js';
import { type DrawChoice, type Forgery, type Strategy, supportSays, type Target } from './forgery.js';

/** How many targets the fullest cell of each function holds, and which cell that is. */
interface Loads {
  readonly most: Uint32Array;
  readonly cell: Uint32Array;
}

function loadsOf({ pool, cells }: LocalHashingParams, values: readonly number[]): Loads {
  const loads: Loads = { most: new Uint32Array(pool.rows), cell: new Uint32Array(pool.rows) };
  const counts = new Uint32Array(cells);
  for (let row = 0; row < pool.rows; row++) {
    counts.fill(0);
    for (const value of values) {
      const cell = pool.cellOf(row, value);
      const count = (counts[cell] as number) + 1;
      counts[cell] = count;
      if (count > (loads.most[row] as number)) {
        loads.most[row] = count;
        loads.cell[row] = cell;
      }
    }
  }
  return loads;
}

/** Reports under a public hash function: the cell with most targets, under the function that the forger came by. */
export function forgeHashed(
  target: Target,
  strategy: Exclude<Strategy, 'input'>,
  draws: DrawChoice,
  tries: number,
): Forgery {
  const params = target.params as LocalHashingParams;
  const { pool, cells } = params;
  const { most, cell } = loadsOf(params, target.values);
  const drawn = drawer(most, strategy === 'maximal' ? draws : 'assigned', tries);
  const isRandom = strategy === 'random';
  return {
    says: supportSays(target, isRandom ? target.values.length / cells : drawn.mean),
    forge(bytes, at, source) {
      const row = isRandom ? uniformInt(source, pool.rows) : drawn.draw(source);
      const chosen = isRandom ? uniformInt(source, cells) : (cell[row] as number);
      target.mechanism.client.encode(target.params as never, (row * cells + chosen) as never, bytes, at);
      return row;
    },
  };
}

/** Functions with the mean of what they serve. In the field each nonce tried gives a uniform one, as here. */
function drawer(most: Uint32Array, draws: DrawChoice, tries: number) {
  const rows = Uint32Array.from(most.keys()).sort((a, b) => (most[a] as number) - (most[b] as number) || a - b);
  const attempts = draws === 'ground' ? tries : 1;
  const groups: { readonly from: number; readonly count: number; readonly upTo: number }[] = [];
  let mean = 0;
  let before = 0;
  for (let from = 0; from < rows.length; ) {
    const load = most[rows[from] as number] as number;
    let end = from + 1;
    while (end < rows.length && most[rows[end] as number] === load) end++;
    const isLast = end === rows.length;
    // Of the best of so many: that all have at most this load. Whoever chooses takes the last.
    const upTo = draws === 'chosen' && !isLast ? 0 : (end / rows.length) ** attempts;
    mean += load * (upTo - before);
    before = upTo;
    groups.push({ from, count: end - from, upTo });
    from = end;
  }
  return {
    mean,
    // By the law of the best load, and uniform among those of that load, so that many tries take no longer than one.
    draw(source: WordSource): number {
      const u = uniform(source);
      const { from, count } = groups.find(({ upTo }) => u < upTo) as (typeof groups)[number];
      return rows[from + uniformInt(source, count)] as number;
    },
  };
}
