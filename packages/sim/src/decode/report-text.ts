import { percent, quoted, significant, table, whole } from '../format.js';
import { policy } from '../policy.js';
import type { DecodeReport, ReportedShare, ReportedText } from './report.js';

/** What the list of detected texts promises. */
const RATES: Readonly<Record<string, string>> = {
  wls: 'any false one in at most 5% of runs',
  published: 'by Bonferroni at .05, which allows for no selection and no missing candidate',
};

/** The decoded texts as a page: the detected ones and the largest of the others, by size. */
export function decodeText(report: DecodeReport): string {
  const { params, method, n, candidates, detected, mass, withText, unexplained, misfit, warnings, texts } = report;
  const sorted = [...texts].sort((a, b) => b.estimate - a.estimate);
  const shown = sorted.filter((text, i) => text.detected || i < policy.tableTexts);
  const header = ['', 'estimate', 'std.error', 'low', 'high', 'p-value', 'detected'];
  const left = candidates - shown.length;
  const confused = texts.filter(({ confusedWith }) => confusedWith !== undefined).length;
  const about = ({ value, standardError }: ReportedShare): string =>
    `${percent(value)} (standard error ${percent(standardError)})`;
  return `${[
    `${whole(n)} reports in ${params.cohorts} cohorts of ${params.bits} bits, ${params.hashes} set by a text; method ${method}`,
    '',
    ...table([header, ...shown.map(row)]),
    ...(left === 0 ? [] : [`and ${whole(left)} further candidates: --json has all`]),
    '',
    `Detected: ${whole(detected)} of ${whole(candidates)} candidates, which hold ${percent(mass)} of the reports; ${RATES[method]}.`,
    ...(withText === undefined ? [] : [`With a text: ${about(withText)}.`]),
    ...(unexplained === undefined ? [] : [`With a text that is no candidate: ${about(unexplained)}.`]),
    ...(misfit === undefined ? [] : [`Misfit: ${significant(misfit)}; 1 is what noise alone leaves.`]),
    ...(confused === 0 ? [] : [`${whole(confused)} candidates cannot be told from others: --json says from which.`]),
    ...warnings.map((warning) => `Warning: ${warning}.`),
  ].join('\n')}\n`;
}

function row({ text, estimate, standardError, low, high, pValue, detected }: ReportedText): readonly string[] {
  return [
    quoted(text),
    percent(estimate),
    percent(standardError),
    percent(low),
    percent(high),
    pValue.toExponential(1),
    detected ? 'yes' : '-',
  ];
}
