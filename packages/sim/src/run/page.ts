import { percent, significant, whole } from '../format.js';
import type { Page } from '../page/page.js';
import { accuracySection } from './accuracy-section.js';
import { driftSections } from './drift-sections.js';
import { metricSections } from './metric-sections.js';
import type { RunReport } from './report.js';
import { leadOf } from './words.js';

/** The report as a page: a section per metric, then all of them in figures. */
export function runPage(report: RunReport): Page {
  const { metrics, windows } = report;
  return {
    title: `${report.registry.app}: truth against estimate`,
    lead: leadOf(report),
    command: report.arguments,
    facts: facts(report),
    sections: [
      ...(windows === undefined ? metrics.flatMap((metric) => metricSections(metric, report)) : driftSections(windows)),
      accuracySection(report),
    ],
  };
}

function facts(report: RunReport): Page['facts'] {
  const { registry, population, clients, repetitions, windows, seed, engine, mse, maxError, intervals } = report;
  const badLines = population.badLines?.count ?? 0;
  const times = repetitions === 1 ? '' : `, ${whole(repetitions)} times; the tables show the first`;
  return [
    ['registry', `${registry.app}, fingerprint ${registry.fingerprint}`],
    ['population', `${population.name}${badLines === 0 ? '' : `, ${whole(badLines)} lines left out`}`],
    ['clients', `${whole(clients)}${times}`],
    ...(windows === undefined ? [] : [['windows', `${windows.length}, each with installations drawn anew`] as const]),
    ...asked(report),
    ['engine', `${engine.name}: ${engine.reason}`],
    ['seed', seed],
    ...(mse === null || maxError === null
      ? []
      : [
          [
            'errors',
            `of all shares: mean squared ${significant(mse)} (root ${percent(Math.sqrt(mse))}), largest ${percent(maxError)}`,
          ] as const,
        ]),
    [
      'intervals',
      `${whole(intervals.covered)} of ${whole(intervals.count)} hold the truth, at ${significant(100 * report.confidence)}%`,
    ],
  ];
}

function asked({ asked: wanted }: RunReport): Page['facts'] {
  if (wanted === undefined) return [];
  const { clients, repetitions, windows } = wanted;
  const parts = [`${whole(clients)} installations`, `${whole(repetitions)} repetitions`, `${whole(windows)} windows`];
  return [['asked for', parts.join(', ')]];
}
