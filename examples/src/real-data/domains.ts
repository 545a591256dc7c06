import { apportion, spread } from './apportion.js';
import type { DataSet, Source } from './data-set.js';
import { domainsRegistry } from './domains-registry.js';
import { RealDataError } from './errors.js';
import { policy } from './policy.js';

/** Weight of the first rank; large, so that the weights of all ranks are close to it over their rank. */
const FIRST = 1e9;

/**
 * A list of domain names, the most requested first, one a line. It has no figures, so each name weighs one over its
 * rank. Each installation has one of the names as its homepage, and the whole list is asked for.
 *
 * @throws RealDataError `fields-invalid`, `empty`
 */
export function convertDomains({ file, text }: Source, clients: number = policy.defaultClients): DataSet {
  const ranks = new Map<string, number>();
  text.split('\n').forEach((line, i) => {
    const name = line.trim();
    if (name === '') return;
    if (!/^[a-z0-9._-]{1,253}$/.test(name) || ranks.has(name)) {
      throw new RealDataError('fields-invalid', 'a line is one domain name, and no name stands there twice', {
        file,
        at: i + 1,
      });
    }
    ranks.set(name, ranks.size + 1);
  });
  if (ranks.size === 0) throw new RealDataError('empty', 'expected one domain name a line', { file });
  const names = [...ranks.keys()];
  const weights = [...ranks.values()].map((rank) => Math.round(FIRST / rank));
  const registry = domainsRegistry(clients);
  return {
    registry,
    clients,
    candidates: names,
    population: {
      metrics: Object.fromEntries(registry.wire.map(({ id }) => [id, { file: 'candidates.txt', zipf: 1 }])),
    },
    events: spread(names, apportion(clients, weights)).flatMap((value, i) =>
      registry.wire.map(({ id }) => ({ client: `installation-${i + 1}`, metric: id, value })),
    ),
  };
}
