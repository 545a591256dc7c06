import { apportion, spread } from './apportion.js';
import type { DataSet, Source } from './data-set.js';
import { RealDataError } from './errors.js';
import { lcpRegistry } from './lcp-registry.js';
import { policy } from './policy.js';
import { items, members, parseJson } from './source.js';

/** Which of the published histograms. */
const CLIENT = 'desktop';
const VISIBILITY = 'visible';

/**
 * Largest Contentful Paint as the RUM Archive publishes it: a list of `{ client, visibilitystate, histogram }`, a
 * histogram being a list of [mean milliseconds of the cell, page loads]. Each installation has one page load, which
 * took the mean of its cell.
 *
 * @throws RealDataError `json-malformed`, `shape-invalid`, `number-invalid`, `empty`
 */
export function convertLcp(source: Source, clients: number = policy.defaultClients): DataSet {
  const cells = readCells(source);
  const counts = cells.map(({ count }) => count);
  const each = spread(cells, apportion(clients, counts));
  return {
    registry: lcpRegistry(clients),
    clients,
    events: each.map(({ milliseconds }, i) => ({
      client: `installation-${i + 1}`,
      metric: 'largest-contentful-paint',
      value: milliseconds,
    })),
  };
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
