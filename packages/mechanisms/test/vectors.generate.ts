/**
 * Writes `vectors/<id>.json` and `vectors/<id>.bad.json`. Run after a build, from anywhere:
 *
 *     node scripts/run-ts.mjs packages/mechanisms/test/vectors.generate.ts
 *
 * Review the difference before committing it: a changed vector means that old and new clients disagree. Vectors
 * freeze the code's own output and prove nothing about it; the contract suite does.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mechanism, Threshold, WordSource } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { acceptedDomains } from './contract/case.js';
import { hex } from './support/ensure.js';
import { seededSource } from './support/seeded.js';
import { type BadVector, recording, refusal, runVector, type Vector, type VectorInput } from './support/vectors.js';

const FOLDER = join(process.cwd(), 'vectors');

/** First words that lead where a random one hardly ever does: both sides of each threshold, and a rejection. */
function rareWords(thresholds: readonly Threshold[]): number[][] {
  const ties = thresholds.flatMap(({ high, low }) => [[high, low], [high, Math.max(0, low - 1)], [high - 1]]);
  return [...ties, [2 ** 32 - 1, 2 ** 32 - 1], [0, 0]];
}

/** A source that hands out some words first. */
function beginning(first: readonly number[], source: WordSource): WordSource {
  const rest = [...first];
  return { next: () => rest.shift() ?? source.next() };
}

function inputOf({ id, client }: Mechanism, epsilon: number, domainSize: number): VectorInput {
  const options = { epsilon, domainSize };
  const params = client.params(options);
  const thresholds = Object.values(params).filter((value): value is Threshold => typeof value === 'object');
  const source = seededSource(`vector/${id}/${epsilon}/${domainSize}`);
  const starts = [...rareWords(thresholds), ...new Array<number[]>(6).fill([])];
  const reports = starts.map((start, i) => {
    const value = [0, domainSize - 1, i % domainSize][i % 3] as number;
    const recorder = recording(beginning(start, source));
    client.randomize(params, value, recorder);
    return { value, words: recorder.words };
  });
  return { options, reports };
}

/** Bytes of wrong lengths, and every single-byte change of a report that is refused, the first of each kind. */
function badVectors(mechanism: Mechanism, { options, reports }: Vector): BadVector[] {
  const [first] = reports;
  if (first === undefined) return [];
  const bad = (report: string, why: string): BadVector => ({ options, report, code: 'report-malformed', why });
  const result = [
    bad('', 'empty'),
    bad(`${first.report}00`, 'a byte too long'),
    ...(first.report.length > 2 ? [bad(first.report.slice(2), 'a byte too short')] : []),
  ];
  const length = first.report.length / 2;
  for (let byte = 1; byte < 256; byte++) {
    const filled = new Uint8Array(length);
    filled[length - 1] = byte;
    const candidate = bad(hex(filled), `the last byte is ${byte}: beyond the reports`);
    if (refusal(mechanism, candidate) !== 'returned') return [...result, candidate];
  }
  return result;
}

function write(name: string, vectors: readonly (Vector | BadVector)[]): void {
  // What nests nothing goes on one line: a vector is read by people too.
  const lines = JSON.stringify(vectors, null, 1)
    .replace(/\[[^[\]{}]*\]/g, (list) => list.replace(/\s+/g, ''))
    .replace(/\{[^{}]*\}/g, (record) => record.replace(/\n\s+/g, ' ').replace(/\n/g, ' '));
  writeFileSync(join(FOLDER, name), `${lines}\n`);
}

for (const mechanism of catalogue.values()) {
  // A domain of more than one byte; 300 bits of report would tell no more than 12.
  const isShort = (size: number) => mechanism.client.params({ epsilon: 1, domainSize: size }).reportBytes <= 2;
  const settings = acceptedDomains(mechanism, [2, 5, 12, 300])
    .filter(isShort)
    .flatMap((size) => (size <= 5 ? [0.5, 1, 4] : [1]).map((epsilon) => inputOf(mechanism, epsilon, size)));
  const vectors = settings.map((input) => runVector(mechanism, input));
  write(`${mechanism.id}.json`, vectors);
  write(
    `${mechanism.id}.bad.json`,
    vectors.filter(({ options }) => options.epsilon === 1).flatMap((vector) => badVectors(mechanism, vector)),
  );
  console.log(`${mechanism.id}: ${vectors.length} vectors`);
}
