import { NONE } from '@dither/protocol';
import { apportion, spread } from './apportion.js';
import { browsersRegistry } from './browsers-registry.js';
import type { DataSet, Source } from './data-set.js';
import { RealDataError } from './errors.js';
import { policy } from './policy.js';
import { members, parseJson } from './source.js';

/** Shares are published with five decimals of a percent: as whole numbers of this part of one they add up exactly. */
const PARTS_OF_A_PERCENT = 100_000;
const WHOLE = 100 * PARTS_OF_A_PERCENT;
const OTHER = 'other';

/**
 * Browser usage of a region as caniuse publishes it, `{ data: { family: { version: percent or null } } }`: versions
 * of a family are added up. Families below `policy.smallestShare` and what the file does not list are "other".
 *
 * @throws RealDataError `json-malformed`, `shape-invalid`, `number-invalid`, `total-invalid`, `empty`
 */
export function convertBrowsers(source: Source, clients: number = policy.defaultClients): DataSet {
  const { file } = source;
  const families = readFamilies(source);
  const listed = families.reduce((sum, { share }) => sum + share, 0);
  if (listed > WHOLE + policy.totalSlack * PARTS_OF_A_PERCENT) {
    throw new RealDataError('total-invalid', 'the shares add up to at most 100 percent', { file, at: 'data' });
  }
  const large = families
    .filter(({ share }) => share >= policy.smallestShare * PARTS_OF_A_PERCENT)
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  if (large.length === 0) {
    throw new RealDataError('empty', `no browser has ${policy.smallestShare} percent`, { file, at: 'data' });
  }
  const rest = Math.max(0, WHOLE - large.reduce((sum, { share }) => sum + share, 0));
  const groups = [...large, { name: OTHER, share: rest }];
  const values = groups.map(({ name }) => name);
  const shares = groups.map(({ share }) => share);
  const each = spread(values, apportion(clients, shares));
  return {
    registry: browsersRegistry(values, clients),
    clients,
    events: each.map((value, i) => ({ client: `installation-${i + 1}`, metric: 'browser', value })),
  };
}

interface Family {
  readonly name: string;
  readonly share: number;
}

function readFamilies(source: Source): readonly Family[] {
  const { file } = source;
  const data = members(file, 'the file', parseJson(source)).find(([key]) => key === 'data')?.[1];
  return members(file, 'data', data).map(([name, versions]) => {
    if (!/^[a-z0-9_]+$/.test(name) || name === OTHER || name === NONE) {
      throw new RealDataError('shape-invalid', `a browser is named by a-z, 0-9 and _, and not ${OTHER} or ${NONE}`, {
        file,
        at: 'data',
      });
    }
    const shares = members(file, `data.${name}`, versions).map(([version, percent]) => {
      if (percent === null) return 0;
      if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
        throw new RealDataError('number-invalid', 'a share is null or 0 to 100', {
          file,
          at: `data.${name}.${version}`,
        });
      }
      return Math.round(percent * PARTS_OF_A_PERCENT);
    });
    return { name, share: shares.reduce((sum, share) => sum + share, 0) };
  });
}
