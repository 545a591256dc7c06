import type { CohortCounts } from '@dither/mechanisms';
import { csvColumn, csvFields } from '../population/csv.js';
import { numbered, type RapporParams, readCount, refuse } from './aggregates.js';

/**
 * `counts.csv`: one line per cohort, its number of reports and then, for each bit, how many of them have it set.
 *
 * A bit of the text reaches the report as q* = f(p+q)/2 + (1-f)q where it is set and p* = f(p+q)/2 + (1-f)p where it is
 * not (Erlingsson, Pihur, Korolova 2014, section 2.2).
 *
 * @throws SimError `aggregates-malformed`
 */
export async function readCounts(
  file: string,
  lines: AsyncIterable<string>,
  { bits, hashes, cohorts, p, q, f }: RapporParams,
): Promise<CohortCounts> {
  const reports = new Float64Array(cohorts);
  const ones = new Float64Array(cohorts * bits);
  let cohort = 0;
  let last = 1;
  for await (const [line, text] of numbered(lines)) {
    last = line;
    if (cohort === cohorts) refuse(file, line, 1, `there are ${cohorts} cohorts, as m says, and one line for each`);
    const numbers = (csvFields(text) ?? []).map(readCount);
    const [n = 0, ...counts] = numbers;
    if (counts.length !== bits) {
      const column = csvColumn(text, bits + 1);
      refuse(file, line, column, `a line has ${bits + 1} numbers: the reports, then one per bit`);
    }
    const wrong = numbers.findIndex((x) => !(Number.isSafeInteger(x) && x <= n));
    if (wrong >= 0) {
      refuse(file, line, csvColumn(text, wrong), 'counts are whole numbers, none above the number of reports');
    }
    reports[cohort] = n;
    ones.set(counts, cohort * bits);
    cohort++;
  }
  if (cohort < cohorts) refuse(file, last, 1, `there are ${cohorts} cohorts, as m says, and ${cohort} lines`);
  const coin = (f * (p + q)) / 2;
  return { cohorts, bits, hashes, reports, ones, set: coin + (1 - f) * q, unset: coin + (1 - f) * p };
}
