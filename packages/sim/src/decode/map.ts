import type { CandidateBits } from '@dither/mechanisms';
import { policy } from '../policy.js';
import { csvColumn, csvFields } from '../population/csv.js';
import { numbered, type RapporParams, refuse } from './aggregates.js';

/** Texts with the bits they set in every cohort. */
export interface CandidateMap {
  readonly texts: readonly string[];
  readonly bits: CandidateBits;
}

/**
 * `map.csv`: a text, then its bits as cohort * k + bit, both from zero, plus one. Hash functions may agree: then a line
 * has fewer bits than h * m, or empty fields.
 *
 * @throws SimError `aggregates-malformed`
 */
export async function readMap(
  file: string,
  lines: AsyncIterable<string>,
  { bits, hashes, cohorts }: RapporParams,
): Promise<CandidateMap> {
  const texts: string[] = [];
  const starts: number[] = [0];
  let rows = new Int32Array(1024);
  let end = 0;
  let last = 1;
  let most = 0;
  for await (const [line, text] of numbered(lines)) {
    last = line;
    const [name = '', ...fields] = csvFields(text) ?? [];
    if (name === '') refuse(file, line, csvColumn(text, 0), 'a line begins with a text; quotes match');
    if (texts.length === policy.maxCandidates) refuse(file, line, 1, `there are at most ${policy.maxCandidates} texts`);
    const places = readPlaces(fields);
    const isPlace = (place: number): boolean => place >= 1 && place <= cohorts * bits;
    if (!places.every(isPlace)) {
      const wrong = fields.findIndex((field) => field !== '' && !readPlaces([field]).every(isPlace));
      refuse(
        file,
        line,
        csvColumn(text, wrong + 1),
        `bits are whole numbers from 1 to ${cohorts * bits}, which is k * m`,
      );
    }
    const perCohort = bitsInEach(places, bits, cohorts);
    if (!perCohort.every((count) => count >= 1 && count <= hashes)) {
      refuse(file, line, 1, `a text sets 1 to ${hashes} bits in each of ${cohorts} cohorts`);
    }
    most = perCohort.reduce((a, b) => Math.max(a, b), most);
    if (end + places.length > rows.length) rows = longer(rows, end + places.length);
    rows.set(
      places.map((place) => place - 1),
      end,
    );
    end += places.length;
    texts.push(name);
    starts.push(end);
  }
  if (texts.length === 0) refuse(file, last, 1, 'there is a line for each candidate');
  // Hash functions agree here and there, not everywhere: such parameters are those of other reports.
  if (most < hashes) refuse(file, last, 1, `h says ${hashes} bits and no text sets more than ${most} in a cohort`);
  return { texts, bits: { count: texts.length, starts: Int32Array.from(starts), rows: rows.subarray(0, end) } };
}

/** Ascending, each once; NaN for what is no number. */
function readPlaces(fields: readonly string[]): readonly number[] {
  const places = fields
    .filter((field) => field !== '')
    .map((field) => (/^\d{1,9}$/.test(field) ? Number(field) : Number.NaN));
  return [...new Set(places)].sort((a, b) => a - b);
}

function bitsInEach(places: readonly number[], bits: number, cohorts: number): Uint32Array {
  const perCohort = new Uint32Array(cohorts);
  for (const place of places) {
    const cohort = Math.floor((place - 1) / bits);
    perCohort[cohort] = (perCohort[cohort] as number) + 1;
  }
  return perCohort;
}

function longer(rows: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(Math.max(2 * rows.length, least));
  copy.set(rows);
  return copy;
}
