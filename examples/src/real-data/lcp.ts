import { apportion } from './apportion.js';
import type { DataSet, Source } from './data-set.js';
import { RealDataError } from './errors.js';
import { lcpRegistry } from './lcp-registry.js';
import { policy } from './policy.js';
import { items, members, parseJson } from './source.js';

/** Which of the published histograms. */
const CLIENT = 'desktop';
const VISIBILITY = 'visible';

/** Milliseconds. */
const CELL_WIDTH = 100;

/**
 * Largest Contentful Paint as the RUM Archive publishes it: a list of `{ client, visibilitystate, histogram }`, a
 * histogram being a list of [mean milliseconds of a cell of 100 ms, page loads]. Each installation has one page load.
 * Those of one cell are spread evenly over it: all at its mean they would be a comb, and percentiles would be the
 * teeth's.
 *
 * @throws RealDataError `json-malformed`, `shape-invalid`, `number-invalid`, `empty`
 */
export function convertLcp(source: Source, clients: number = policy.defaultClients): DataSet {
  const cells = readCells(source);
  const parts = apportion(
    clients,
    cells.map(({ count }) => count),
  );
  const registry = lcpRegistry(clients);
  return {
    registry,
    clients,
    events: cells
      .flatMap(({ milliseconds }, i) => within(milliseconds, parts[i] as number))
      .flatMap((value, i) => registry.wire.map(({ id }) => ({ client: `installation-${i + 1}`, metric: id, value }))),
  };
}

/** So many page loads, spread evenly over the cell with this mean. */
function within(mean: number, loads: number): readonly number[] {
  const start = Math.floor(mean / CELL_WIDTH) * CELL_WIDTH;
  return Array.from({ length: loads }, (_, i) => start + (CELL_WIDTH * (i + 0.5)) / loads);
}

interface Cell {
  readonly milliseconds: number;
  readonly count: number;
}

function readCells(source: Source): readonly Cell[] {
  const { file } = source;
  const found = items(file, 'the file', parseJson(source))
    .map((entry, i) => ({ at: `${i}`, entry: new Map(members(file, `${i}`, entry)) }))
    .filter(({ entry }) => entry.get('client') === CLIENT && entry.get('visibilitystate') === VISIBILITY);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new RealDataError('shape-invalid', `expected one entry for ${CLIENT} and ${VISIBILITY}`, { file });
  }
  const at = `${only.at}.histogram`;
  const cells = items(file, at, only.entry.get('histogram')).map((cell, i) => {
    const [milliseconds, count, ...rest] = items(file, `${at}.${i}`, cell);
    if (!isWhole(milliseconds) || !isWhole(count) || rest.length > 0) {
      throw new RealDataError('number-invalid', 'a cell is [milliseconds, page loads], whole numbers', {
        file,
        at: `${at}.${i}`,
      });
    }
    return { milliseconds, count };
  });
  if (!cells.some(({ count }) => count > 0)) throw new RealDataError('empty', 'no page was loaded', { file, at });
  return cells;
}

function isWhole(x: unknown): x is number {
  return Number.isSafeInteger(x) && (x as number) >= 0;
}
