import { uniformInt } from '@dither/mechanisms';
import type { LocalHashingParams } from '@dither/mechanisms/local-hashing';
import { type DrawChoice, type Forgery, type Strategy, supportSays, type Target } from './forgery.js';

/** How many targets the fullest cell of each function holds, and which cell that is. */
interface Loads {
  readonly most: Uint16Array;
  readonly cell: Uint32Array;
}

function loadsOf({ pool, cells }: LocalHashingParams, values: readonly number[]): Loads {
  const loads: Loads = { most: new Uint16Array(pool.rows), cell: new Uint32Array(pool.rows) };
  const counts = new Uint16Array(cells);
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
function drawer(most: Uint16Array, draws: DrawChoice, tries: number) {
  const rows = most.length;
  const largest = most.reduce((a, b) => Math.max(a, b), 0);
  if (draws === 'chosen') {
    const best = Uint32Array.from(most.keys()).filter((row) => most[row] === largest);
    return {
      mean: largest,
      draw: (source: Parameters<Forgery['forge']>[2]) => best[uniformInt(source, best.length)] as number,
    };
  }
  const attempts = draws === 'ground' ? tries : 1;
  const atMost = (load: number) => most.reduce((count, of) => count + (of <= load ? 1 : 0), 0) / rows;
  let mean = 0;
  for (let load = 0; load < largest; load++) mean += 1 - atMost(load) ** attempts;
  return {
    mean,
    draw(source: Parameters<Forgery['forge']>[2]) {
      let best = uniformInt(source, rows);
      for (let i = 1; i < attempts; i++) {
        const row = uniformInt(source, rows);
        if ((most[row] as number) > (most[best] as number)) best = row;
      }
      return best;
    },
  };
}
