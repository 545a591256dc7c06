import { loadRegistry } from '../node/load-registry.js';
import { policy } from '../policy.js';
import { type Assessment, assess, type MetricAssessment } from './assess.js';
import { type Command, EXIT } from './command.js';
import { formatNumber, formatPeriod, formatShare, formatTable } from './format.js';
import type { Prediction } from './prediction.js';

export const checkCommand: Command = {
  meta: {
    name: 'check',
    usage: 'check <file> [--json]',
    summary:
      'Say what a registry costs a person and what it will show; fails if it is refused or a metric expires soon.',
  },
  args: { positionals: 1, options: { json: { type: 'boolean' } } },
  async run({ positionals: [file = ''], options }, { today, print }) {
    const assessment = assess(await loadRegistry(file), today);
    print(options['json'] === true ? `${JSON.stringify(assessment, null, 2)}\n` : renderAssessment(assessment));
    return assessment.warnings.some(({ code }) => code === 'expires-soon') ? EXIT.refused : EXIT.ok;
  },
};

function renderAssessment(assessment: Assessment): string {
  return [
    ...person(assessment),
    '',
    ...participation(assessment),
    ...assessment.metrics.flatMap(latched),
    '',
    ...accuracy(assessment),
    '',
    `A batch with one report of every metric takes ${formatNumber(assessment.batchBytes)} bytes (limit ${formatNumber(policy.maxBatchBytes)}).`,
    ...warnings(assessment),
    '',
  ].join('\n');
}

function person({ app, fingerprint, metrics, bound, silentAfter }: Assessment): string[] {
  const silence = `A device that spends its full share falls silent after ${silentAfter.windows} windows: ${formatNumber(silentAfter.days)} days.`;
  return [
    `${app}: ${metrics.length} metric(s), registry ${fingerprint}`,
    '',
    'What one device gives away at most, summed over all metrics:',
    `  epsilon ${bound.perWindow} in any ${bound.windowDays} days, ${bound.lifetime} in its life.`,
    `  ${silence}`,
  ];
}

function participation({ participation: mode, classes, bound }: Assessment): string[] {
  if (mode === 'all') return ['Every installation reports every metric.'];
  return [
    `Participation is sampled: for each window of ${bound.windowDays} days an installation draws which metrics it reports.`,
    ...classes.map(
      (c) =>
        `  every ${formatPeriod(c.period)}: ${formatNumber(c.expected)} of ${c.metrics.length} metric(s) on average, epsilon ${c.granted} of the ${c.demanded} all would take`,
    ),
  ];
}

function latched({ id, latch }: MetricAssessment): string[] {
  if (latch === undefined) return [];
  const { reports, epoch, epsilonEpoch, epsilonInfinity, linkingBits } = latch;
  const cost = `cost epsilon ${formatNumber(epsilonEpoch)} together, at most ${formatNumber(epsilonInfinity)} however many`;
  return [
    `${id} is latched: ${reports} reports in an epoch of ${formatPeriod(epoch)} ${cost}.`,
    `  Within an epoch its reports can be linked to one another: by the cohort, 6 bits at most, and by ${formatNumber(linkingBits)} bits of stored noise.`,
  ];
}

function accuracy({ metrics, expectedClients }: Assessment): string[] {
  const head = [
    'metric',
    'kind',
    'every',
    'mechanism',
    'epsilon',
    'effective',
    'bytes',
    'drawn by',
    'estimates',
    'answers',
    'standard error',
    'smallest seen',
  ];
  return [
    `Predicted for ${formatNumber(expectedClients)} reporting installations ("smallest seen" is told from zero 19 times in 20):`,
    formatTable([head, ...metrics.flatMap(rows)]),
  ];
}

function rows(metric: MetricAssessment): string[][] {
  const cells = [metric.id, metric.kind, formatPeriod(metric.period)];
  const cost = [
    metric.mechanism,
    String(metric.epsilon),
    String(metric.effectiveEpsilon),
    String(metric.reportBytes),
    formatShare(metric.inclusion),
  ];
  return metric.predictions.map((prediction, i) => [
    ...(i === 0 ? [...cells, ...cost] : Array<string>(8).fill('')),
    ...predicted(metric, prediction),
  ]);
}

function predicted({ kind }: MetricAssessment, prediction: Prediction): string[] {
  const { quantity, n, detectionLimit, range } = prediction;
  const isMean = quantity === 'mean';
  const smallest =
    detectionLimit === undefined
      ? ''
      : detectionLimit >= range
        ? 'nothing'
        : isMean
          ? formatNumber(detectionLimit)
          : formatShare(detectionLimit);
  return [
    quantity === 'frequency' && kind === 'boolean' ? 'share of yes' : (NAMES[quantity] ?? quantity),
    formatNumber(Math.round(n)),
    formatError(prediction),
    smallest,
  ];
}

/** Three digits: a prediction is good for no more. Of a percentile the root mean square of the error. */
function formatError({ quantity, standardError, unit }: Prediction): string {
  const rounded = Number(standardError.toPrecision(3));
  if (unit !== undefined) return ['±', formatNumber(rounded), ' ', unit, unit === '' ? '' : ' ', 'rms'].join('');
  return quantity === 'mean' ? formatNumber(rounded) : `${formatNumber(100 * standardError)} points`;
}

const NAMES: { readonly [quantity: string]: string } = { frequency: 'any one share', text: 'any one rare text' };

function warnings({ warnings: all }: Assessment): string[] {
  const byMessage = new Map<string, string[]>();
  for (const { code, where, message } of all) {
    const line = `${code}: ${message}`;
    byMessage.set(line, [...(byMessage.get(line) ?? []), ...(where === '' ? [] : [where])]);
  }
  const lines = [...byMessage].map(([line, ids]) => `  ${ids.length === 0 ? '' : `${ids.join(', ')}: `}${line}`);
  return lines.length === 0 ? [] : ['', 'Warnings:', ...lines];
}
