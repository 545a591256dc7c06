import { percent, significant, whole } from '../../format.js';
import type { Page, Section } from '../../page/page.js';
import type { RegistryPlanReport } from './report.js';

export function registryPage(report: RegistryPlanReport): Page {
  const { registry, population, clients, seed, budget, person, participation, others } = report;
  return {
    title: `A plan for ${registry.app}`,
    lead: leadOf(report),
    command: report.arguments,
    facts: [
      ['registry', `${registry.app}, ${registry.fingerprint}`],
      ['population', population],
      ['installations', whole(clients)],
      ['epsilon of a person', `${person.perWindow} in any ${person.windowDays} days; ${budget} are declared now`],
      [
        'participation',
        participation === 'all' ? 'every installation reports every metric' : 'installations draw what they report',
      ],
      ...(others.length === 0 ? [] : [['left as declared', others.join(', ')] as const]),
      ['seed', seed],
    ],
    sections: [ratioSection(report), metricSection(report), wishSection(report), linesSection(report)],
  };
}

function leadOf(report: RegistryPlanReport): readonly string[] {
  const { isMet, isExpected, isPartial, metrics, person, budget } = report;
  const wishes = metrics.flatMap((metric) => metric.wishes);
  const met = `${whole(wishes.filter((wish) => wish.isMet).length)} of ${whole(wishes.length)}`;
  const cost = `A person gives epsilon ${person.perWindow} in ${person.windowDays} days, and falls silent after ${whole(person.days)} days.`;
  if (isMet === null) return [`Stopped before all was verified: ${met} wishes are known to be met.`, cost];
  const verdict = isMet
    ? `All ${whole(wishes.length)} wishes are met, at the least cost that was found.`
    : isExpected
      ? `By prediction all wishes are met; by simulation ${met} are, the others nearly.`
      : `With epsilon ${budget} in ${person.windowDays} days not all wishes can be met: ${met} are, and the others come as near as their weights let them.`;
  return [verdict, cost, ...(isPartial ? ['Stopped before all was verified.'] : [])];
}

function ratioSection({ metrics }: RegistryPlanReport): Section {
  const points = metrics.flatMap(({ id, epsilon, inclusion, wishes }) =>
    wishes.flatMap(({ wish, wanted, simulated, predicted, isMet }) => ({
      label: `${id}: ${wish}`,
      group: id,
      x: epsilon,
      y: (simulated ?? predicted) / wanted,
      isFront: false,
      detail: `${isMet === null ? 'not known' : isMet ? 'met' : 'not met'}, drawn by ${percent(inclusion)}`,
    })),
  );
  return {
    heading: 'Error over wish, against epsilon',
    sentence: 'At 1 a wish is just met; above it the error is so many times the wished one.',
    chart: {
      kind: 'scatter',
      x: { label: 'epsilon of a report', scale: 'log', format: 'number' },
      y: { label: 'error over wish', scale: 'log', format: 'number' },
      points,
    },
  };
}

function metricSection({ metrics }: RegistryPlanReport): Section {
  return {
    heading: 'Metrics',
    sentence: 'An installation that draws a metric reports it in full; a report has the epsilon given here.',
    table: {
      header: ['metric', 'mechanism', 'epsilon', 'every', 'window', 'drawn by', 'installations', 'bytes'],
      rows: metrics.map(({ id, mechanism, epsilon, period, charge, inclusion, clients, reportBytes }) => [
        id,
        mechanism,
        String(epsilon),
        `${period} d`,
        significant(charge),
        percent(inclusion),
        whole(clients),
        String(reportBytes),
      ]),
    },
    notes: ['window: epsilon of its reports in a budget window in which it is drawn.'],
  };
}

function wishSection({ metrics }: RegistryPlanReport): Section {
  return {
    heading: 'Wishes',
    sentence:
      'What is promised of each comes true with the accuracy that the simulation found, as often as the wish says.',
    table: {
      header: ['wish', 'metric', 'weight', 'wished', 'predicted', 'simulated', 'met', 'verified'],
      rows: metrics.flatMap(({ id, wishes }) =>
        wishes.map(({ wish, weight, wantedText, wanted, predicted, simulatedText, isMet, verification }) => [
          wish,
          id,
          String(weight),
          wantedText,
          `${significant(predicted / wanted)} x`,
          simulatedText ?? '-',
          isMet === null ? '-' : isMet ? 'yes' : 'no',
          verification === null ? '-' : `${whole(verification.covered)} of ${whole(verification.trials)}`,
        ]),
      ),
    },
    notes: ['predicted: error over the wished one.'],
  };
}

function linesSection({ lines }: RegistryPlanReport): Section {
  return {
    heading: 'To write down',
    sentence: 'What changes in the registry; the rest of each metric stays.',
    notes: lines,
  };
}
