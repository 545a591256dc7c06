import type { Accuracy } from '../accuracy.js';
import { percent, significant, whole } from '../format.js';
import type { Section } from '../page/page.js';
import type { ReportedMean, ReportedMetric, RunReport } from './report.js';

type Measure = keyof Accuracy;

const COLUMNS: readonly (readonly [header: string, raw: Measure, processed: Measure | undefined, isShare: boolean])[] =
  [
    ['L1', 'l1', 'processedL1', true],
    ['largest', 'maxError', 'processedMaxError', true],
    ['KS', 'ks', 'processedKs', true],
    ['Wasserstein', 'wasserstein', 'processedWasserstein', false],
    ['top 10', 'topRelativeError', undefined, true],
    ['precision', 'precision', undefined, true],
    ['recall', 'recall', undefined, true],
    ['coverage', 'coverage', undefined, true],
  ];

const EXACT =
  'The exact engine draws what a server would hold from its exact law, to double precision; metrics are drawn independently of one another.';

/** All metrics in figures that can be compared, and whether intervals hold what they promise. */
export function accuracySection(report: RunReport): Section {
  const { metrics, repetitions, coverage, engine } = report;
  const { covered, trials, promised, alpha, probability, isPassed } = coverage;
  return {
    heading: 'How wrong, in figures',
    sentence: `${repetitions === 1 ? 'One repetition says little of an average: --repetitions asks for more.' : `Means over ${whole(repetitions)} repetitions, give or take their standard errors.`}`,
    table: {
      header: ['', ...COLUMNS.map(([header]) => header)],
      rows: metrics.flatMap((metric) => [
        [metric.id, ...COLUMNS.map(([, raw, , isShare]) => cell(metric.accuracy[raw], isShare))],
        ...processedRow(metric),
      ]),
    },
    notes: [
      'L1 is the sum of the absolute errors of all shares, largest the largest of them; KS the largest error of a cumulative share; Wasserstein how far a number has to be moved on average, in its unit; top 10 the error of the most common values, relative to what they are. Post-processed estimates have no negative share; they are biased each, and nearer to the truth as a whole.',
      'Precision: of what is detected, the share that somebody holds. Recall: of what somebody holds, the share that is detected.',
      `Coverage test (one random interval per metric and repetition): ${covered} of ${trials}, promised ${significant(100 * promised)}% of each: ${isPassed ? 'passed' : 'FAILED'}. Chance of so few if the promise is kept: ${significant(probability)}; the test fails below ${alpha}, its false-alarm rate.`,
      ...(engine.name === 'exact' ? [EXACT] : []),
    ],
  };
}

function processedRow({ id, accuracy }: ReportedMetric): readonly (readonly string[])[] {
  if (accuracy.processedL1 === null) return [];
  return [
    [
      `${id}, post-processed`,
      ...COLUMNS.map(([, , processed, isShare]) => (processed === undefined ? '' : cell(accuracy[processed], isShare))),
    ],
  ];
}

function cell(mean: ReportedMean | null, isShare: boolean): string {
  if (mean === null) return '-';
  const show = (x: number): string => (isShare ? percent(x) : significant(x));
  // Where a mean does not vary there is nothing to give or take.
  return mean.standardError ? `${show(mean.mean)} ±${show(mean.standardError).replace('%', '')}` : show(mean.mean);
}
