import { percent, significant, visible, whole } from '../format.js';
import type { IntervalChart, Page } from '../page/page.js';
import { policy } from '../policy.js';
import type { DecodeReport, ReportedShare, ReportedText } from './report.js';

/** What the list of detected texts promises. */
const RATES: Readonly<Record<string, string>> = {
  wls: 'any false one in at most 5% of runs',
  published: 'by Bonferroni at .05, which allows for no selection and no missing candidate',
};

/** The decoded texts as a page: the detected ones and the largest of the others, by size. */
export function decodePage(report: DecodeReport): Page {
  const { params, method, n, candidates, detected, mass, warnings, texts } = report;
  const sorted = [...texts].sort((a, b) => b.estimate - a.estimate);
  const shown = sorted.filter((text, i) => text.detected || i < policy.tableTexts);
  const left = candidates - shown.length;
  const chart = chartOf(shown);
  return {
    title: 'Texts that the counts speak for',
    lead: [
      `Detected: ${whole(detected)} of ${whole(candidates)} candidates, which hold ${percent(mass)} of the reports; ${RATES[method]}.`,
      ...warnings.map((warning) => `Warning: ${warning}.`),
    ],
    command: report.arguments,
    facts: [
      [
        'counts',
        `${whole(n)} reports in ${params.cohorts} cohorts of ${params.bits} bits, ${params.hashes} set by a text`,
      ],
      ['method', method],
    ],
    sections: [
      {
        heading: 'Texts',
        sentence: 'The share of the reports that each candidate has, largest first.',
        ...(chart === undefined ? {} : { chart }),
        table: {
          header: ['', 'estimate', 'std.error', 'low', 'high', 'p-value', 'detected'],
          rows: shown.map(row),
          ...(left === 0 ? {} : { left: `and ${whole(left)} further candidates: --json has all` }),
        },
        notes: notesOf(report),
      },
    ],
  };
}

function notesOf({ withText, unexplained, misfit, texts }: DecodeReport): readonly string[] {
  const about = ({ value, standardError }: ReportedShare): string =>
    `${percent(value)} (standard error ${percent(standardError)})`;
  const confused = texts.filter(({ confusedWith }) => confusedWith !== undefined).length;
  return [
    ...(withText === undefined ? [] : [`With a text: ${about(withText)}.`]),
    ...(unexplained === undefined ? [] : [`With a text that is no candidate: ${about(unexplained)}.`]),
    ...(misfit === undefined ? [] : [`Misfit: ${significant(misfit)}; 1 is what noise alone leaves.`]),
    ...(confused === 0 ? [] : [`${whole(confused)} candidates cannot be told from others: --json says from which.`]),
  ];
}

/** Nobody knows what is true. */
function chartOf(texts: readonly ReportedText[]): IntervalChart | undefined {
  const rows = texts
    .filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high))
    .map((it) => ({ label: nameOf(it), truth: null, estimate: it.estimate, low: it.low, high: it.high }));
  const axis = { label: 'share of reports', scale: 'linear', format: 'share' } as const;
  return rows.length === 0 ? undefined : { kind: 'intervals', axis, rows };
}

/** In quotes: never taken for a name of ours. */
function nameOf({ text }: ReportedText): string {
  return `"${visible(text)}"`;
}

function row(it: ReportedText): readonly string[] {
  const { estimate, standardError, low, high, pValue, detected } = it;
  const shares = [estimate, standardError, low, high].map(percent);
  return [nameOf(it), ...shares, pValue === 0 ? '<1e-300' : pValue.toExponential(1), detected ? 'yes' : '-'];
}
