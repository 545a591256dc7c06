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
import {
  type LatchedIndexParams,
  type Mechanism,
  sourceFrom,
  type Threshold,
  type WordSource,
} from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import * as rappor from '@dither/mechanisms/rappor';
import { keyedSource } from '../src/random/keyed-source.js';
import { acceptedDomains, declareIndex, type IndexMechanism } from './contract/case.js';
import { fromHex, hex } from './support/ensure.js';
import { seededSource } from './support/seeded.js';
import {
  type BadVector,
  declare,
  hasTwoStages,
  type KeyedVector,
  makeReport,
  recording,
  refusal,
  runVector,
  type Vector,
  type VectorInput,
  type VectorOptions,
} from './support/vectors.js';

const FOLDER = join(process.cwd(), 'vectors');

/** First words that lead where a random one hardly ever does: both sides of each threshold, and a rejection. */
function rareWords(thresholds: readonly Threshold[]): number[][] {
  const ties = thresholds.flatMap(({ high, low }) => [[high, low], [high, Math.max(0, low - 1)], [high - 1]]);
  return [...ties, [2 ** 32 - 1, 2 ** 32 - 1], [0, 0]];
}

/** A source that hands out some words first. */
function beginning(first: readonly number[], source: WordSource): WordSource {
  const rest = [...first];
  return sourceFrom(() => rest.shift() ?? source.next(), 1);
}

const TEXTS = ['', 'a', 'https://www.example.org/', 'na\u00efve \u{1f600}', '\ud800', 'TypeError: x is not a function'];

function inputOf(mechanism: Mechanism, options: VectorOptions): VectorInput {
  const { id } = mechanism;
  const params = declare(mechanism, options);
  const thresholds = Object.values(params).filter(
    (value): value is Threshold => typeof value === 'object' && value !== null && 'high' in value,
  );
  const source = seededSource(`vector/${[id, ...Object.values(options)].join('/')}`);
  const starts = [...rareWords(thresholds), ...new Array<number[]>(6).fill([])];
  const { domainSize } = options;
  const reports = starts.map((start, i) => {
    const value =
      domainSize === undefined
        ? (TEXTS[i % TEXTS.length] as string)
        : ([0, domainSize - 1, i % domainSize][i % 3] as number);
    const draws = hasTwoStages(mechanism) ? 64 : params.draws;
    const input = draws === undefined ? { value } : { value, draw: (23 * i) % draws };
    const recorder = recording(beginning(start, source));
    makeReport(mechanism, params, input, recorder.source);
    return { ...input, words: recorder.words };
  });
  return { options, reports };
}

function indexOptions(mechanism: IndexMechanism, epsilon: number, domainSize: number): VectorOptions {
  if (!hasTwoStages(mechanism)) return { epsilon, domainSize };
  const { microInfinity } = declareIndex(mechanism, epsilon, domainSize) as LatchedIndexParams;
  return { epsilonFirst: epsilon, epsilonInfinity: microInfinity / 1e6, reports: 3, domainSize };
}

/** Options of a mechanism, small and with an epsilon of one first, and one whose reports have more bytes. */
function settingsOf(mechanism: Mechanism): VectorOptions[] {
  if (mechanism.answers === 'texts') {
    const shapes = [
      { bits: 8, hashes: 2, cohorts: 4 },
      { bits: 9, hashes: 1, cohorts: 1 },
      { bits: 20, hashes: 4, cohorts: 64 },
    ];
    const epsilons = ({ bits }: { bits: number }) => (bits === 8 ? [1, 0.5, 4] : [1]);
    return shapes.flatMap((shape) =>
      epsilons(shape).map((epsilon) =>
        hasTwoStages(mechanism)
          ? { epsilonFirst: epsilon, epsilonInfinity: 4 * epsilon, reports: 4, ...shape }
          : { epsilon, ...shape },
      ),
    );
  }
  // A domain of more than one byte; 300 bits of report would tell no more than 12.
  const isShort = (size: number) => declareIndex(mechanism, 1, size).reportBytes <= 2;
  return acceptedDomains(mechanism, [2, 5, 12, 300])
    .filter(isShort)
    .flatMap((size) => (size <= 5 ? [0.5, 1, 4] : [1]).map((epsilon) => indexOptions(mechanism, epsilon, size)));
}

/** Bytes of wrong lengths, and the smallest first and last bytes that are refused. */
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
  for (const [at, name] of length > 1
    ? ([
        [0, 'first'],
        [length - 1, 'last'],
      ] as const)
    : ([[0, 'last']] as const)) {
    for (let byte = 1; byte < 256; byte++) {
      const filled = new Uint8Array(length);
      filled[at] = byte;
      const candidate = bad(hex(filled), `the ${name} byte is ${byte}: beyond the reports`);
      if (refusal(mechanism, candidate) === 'returned') continue;
      result.push(candidate);
      break;
    }
  }
  return result;
}

function write(name: string, vectors: readonly (Vector | BadVector | KeyedVector)[]): void {
  // What nests nothing goes on one line: a vector is read by people too.
  const lines = JSON.stringify(vectors, null, 1)
    .replace(/\[[^[\]{}"]*\]/g, (list) => list.replace(/\s+/g, ''))
    .replace(/\{[^{}]*\}/g, (record) => record.replace(/\n\s+/g, ' ').replace(/\n/g, ' '));
  writeFileSync(join(FOLDER, name), `${lines}\n`);
}

/** Permanent responses as the published form derives them: from a device's secret and the text. */
function keyedVectors(): KeyedVector[] {
  const options = { epsilonFirst: 1, epsilonInfinity: 4, reports: 4, bits: 32, hashes: 1, cohorts: 64 };
  const params = rappor.params(options);
  return TEXTS.map((value, i) => {
    const key = hex(Uint8Array.from({ length: 32 }, (_, j) => 7 * i + j));
    const message = hex(Uint8Array.of(i, 255 - i));
    const draw = 9 * i;
    const permanent = rappor.client.latch(params, value, draw, keyedSource(fromHex(key), fromHex(message)));
    return { options, key, message, value, draw, permanent: hex(permanent) };
  });
}

for (const mechanism of catalogue.values()) {
  const vectors = settingsOf(mechanism).map((options) => runVector(mechanism, inputOf(mechanism, options)));
  const isOne = ({ options }: Vector) => options['epsilon'] === 1 || options['epsilonFirst'] === 1;
  write(`${mechanism.id}.json`, vectors);
  write(
    `${mechanism.id}.bad.json`,
    vectors.filter(isOne).flatMap((vector) => badVectors(mechanism, vector)),
  );
  console.log(`${mechanism.id}: ${vectors.length} vectors`);
}
write('rappor.keyed.json', keyedVectors());
