import { advise } from '@dither/mechanisms/advise';
import { loadRegistry } from '../node/load-registry.js';
import { situationOf } from '../node/situation.js';
import type { Metric } from '../registry/metric.js';
import type { Registry } from '../registry/registry.js';
import { type Advised, declaredIn } from './advice.js';
import { renderAdvised } from './advise-table.js';
import { type Args, type Command, EXIT, numberOf, UsageError } from './command.js';
import { inclusionShares } from './inclusion.js';
import { asUsage, situationFrom } from './situation-options.js';

const text = { type: 'string' } as const;

/** What a registry says itself. */
const described = {
  kind: text,
  values: text,
  clamp: text,
  buckets: text,
  cohorts: text,
  epsilon: text,
  'epsilon-infinity': text,
  reports: text,
  clients: text,
} as const;

export const adviseCommand: Command = {
  meta: {
    name: 'advise',
    usage: 'advise (<file> [--metric id] | --kind kind --epsilon number --clients number ...) [--bytes most] [--json]',
    summary: [
      'Rank the mechanisms that answer a metric: predicted error, bytes, and why. Without a file also --values,',
      '--clamp or --buckets number, as the kind has; --epsilon-infinity number --reports number if latched; --cohorts number.',
    ].join('\n      '),
  },
  args: {
    positionals: 1,
    areFilesOptional: true,
    options: { metric: text, bytes: text, json: { type: 'boolean' }, ...described },
  },
  async run({ positionals: [file], options }, { print }) {
    const advised = file === undefined ? [ofOptions(options)] : ofRegistry(await loadRegistry(file), options);
    const answer =
      options['json'] === true ? JSON.stringify(advised, null, 2) : advised.map(renderAdvised).join('\n\n');
    print(`${answer}\n`);
    return EXIT.ok;
  },
};

function ofOptions(options: Args['options']): Advised {
  if (options['metric'] !== undefined) throw new UsageError('--metric is one of a file');
  const { kind, situation } = situationFrom(options);
  const { question, epsilon, n } = situation;
  return { metric: kind, question, epsilon, n, ranking: asUsage(() => advise(situation)) };
}

function ofRegistry(registry: Registry, options: Args['options']): readonly Advised[] {
  const superfluous = Object.keys(described).find((name) => options[name] !== undefined);
  if (superfluous !== undefined) throw new UsageError(`a registry says itself what --${superfluous} would`);
  const { metric: id } = options;
  const metrics = Object.values(registry.metrics).filter((metric) => id === undefined || metric.id === id);
  if (id !== undefined && metrics.length === 0) throw new UsageError(`the registry has no metric ${id}`);
  const maxBytes = numberOf(options, 'bytes');
  const shares = new Map(registry.classes.flatMap((c) => [...inclusionShares(c, registry.budget.windowDays)]));
  return metrics.map((metric) => ofMetric(metric, registry.expectedClients * (shares.get(metric.id) ?? 0), maxBytes));
}

function ofMetric(metric: Metric, n: number, maxBytes: number | undefined): Advised {
  const situation = situationOf(metric, n, maxBytes);
  const ranking = asUsage(() => advise(situation));
  const declared = declaredIn(ranking, metric);
  const { question, epsilon } = situation;
  return { metric: `${metric.id}: ${metric.kind}`, question, epsilon, n, ranking, ...(declared && { declared }) };
}
