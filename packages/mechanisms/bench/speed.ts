/**
 * Reports per second of each client into a caller's buffer, and a million reports from wire bytes to estimates: 1,024
 * values, or as many as the mechanism takes, epsilon 1, the secure source in blocks of 64 KiB, one thread, CPU time. Each mechanism in a process of
 * its own: a call site that has seen three kinds of source runs at half its speed. Times are the machine's; of several
 * rounds the quickest counts, as other work only adds. What a change should be judged by is the ratio to drawing the
 * same words in the same way.
 *
 *     node scripts/run-ts.mjs packages/mechanisms/bench/speed.ts [--write, or ids and "parts" ...]
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Aggregator,
  type BlockSource,
  type IndexParams,
  type LatchedParams,
  type Mechanism,
  type Params,
  type State,
  secureSource,
  uniformInt,
  type WordSource,
} from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { params as oueParams } from '@dither/mechanisms/oue';
import * as squareWave from '@dither/mechanisms/square-wave';
import { addBits, addColumns } from '../src/estimate/columns.js';
import { fitShares } from '../src/estimate/distribution/em.js';
import { MAX_STEPS, SMOOTHING, TOLERANCE } from '../src/estimate/distribution/square-wave-policy.js';
import { randomizeBits } from '../src/random/lanes.js';
import { type AnyLatched, acceptedDomains, declareIndex, isLatched, unlatched } from '../test/contract/case.js';
import { makeText } from '../test/contract/text-shapes.js';
import { shapes, waveOf } from '../test/support/wave-world.js';

const EPSILON = 1;
/** Web Crypto's quota: the bulk setting of `secureSource`. */
const BLOCK_WORDS = 16_384;
const TEXT_SHAPE = { bits: 128, hashes: 1, cohorts: 64 };
const TEXTS = Array.from({ length: 1000 }, (_, i) => `https://www.text-${i}.org`);

/** Goals: millions of reports a second of a client, by mechanism or "mechanism, step". */
const CLIENT_GOALS: Readonly<Record<string, number>> = {
  grr: 40,
  'hadamard-response': 25,
  'projective-geometry': 25,
  'local-hashing': 20,
  'subset-selection': 2,
  oue: 1,
  sue: 1,
  'rappor, report': 4,
  'rappor, latch and report': 1.5,
};
/** Goals: milliseconds for a million reports. */
const SERVER_GOALS: Readonly<Record<string, number>> = {
  grr: 5,
  'hadamard-response': 5,
  'projective-geometry': 5,
  oue: 120,
};
/** Goal: milliseconds of the square wave's EMS over 1,024 cells. */
const EMS_GOAL = 60;

/**
 * What others' code does at the same setting, measured on one thread in process CPU time; none has a secure generator.
 * The C++ is that of the paper on projective geometry response, the Python the package pure-LDP (the quicker of two
 * figures). Clients in millions of reports a second, servers in milliseconds for a million reports.
 */
const CPP_CLIENT: Readonly<Record<string, number>> = {
  grr: 30,
  'projective-geometry': 8.2,
  'hadamard-response': 8.1,
  oue: 0.1,
  'subset-selection': 0.06,
};
const CPP_SERVER: Readonly<Record<string, number>> = {
  'projective-geometry': 12,
  'hadamard-response': 12,
  oue: 97_000,
};
const PYTHON_CLIENT: Readonly<Record<string, number>> = {
  grr: 3.2,
  oue: 0.038,
  'local-hashing': 0.478,
  'hadamard-response': 0.263,
};
const PYTHON_SERVER: Readonly<Record<string, number>> = {
  grr: 130,
  'hadamard-response': 60,
  oue: 900,
  'local-hashing': 318_000,
};

type Row = Readonly<Record<string, string | number>>;

/** Keeps results observable, so that nothing measured is optimized away. */
let sink = 0;

/** Process CPU time of the quickest of many rounds, in seconds: half a second of them, after as many to warm up. */
function secondsPerRound(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (const isMeasured of [false, true]) {
    for (let spent = 0, rounds = 0; rounds < 3 || spent < 0.5; rounds++) {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      const seconds = (user + system) / 1e6;
      spent += seconds;
      if (isMeasured) best = Math.min(best, seconds);
    }
  }
  return best;
}

/** Three digits; nothing for what is not known. */
function short(x: number | undefined): number | string {
  return x !== undefined && Number.isFinite(x) ? Number(x.toPrecision(3)) : '';
}

/** One step of a mechanism's client: makes the i-th report and writes it into a buffer. */
interface Step {
  readonly name: string;
  readonly write: (i: number, source: WordSource, into: Uint8Array, at: number) => void;
}

interface Subject {
  readonly params: Params;
  /** Of a mechanism with two stages: the second alone, and both. */
  readonly steps: readonly Step[];
  readonly values: string;
  readonly draws: Int32Array | undefined;
  estimate(state: State): unknown;
}

/** As many public draws as are used before they come around again. */
const DRAWS = 2 ** 16;

function subjectOf(mechanism: Mechanism, source: WordSource): Subject {
  const isText = mechanism.answers === 'texts';
  // Ordered cells have "no event" after them: 1,024 and that.
  const sizes = mechanism.answers === 'distribution' ? [1025, 2] : [1024, 64, 2];
  const domainSize = isText ? 0 : (acceptedDomains(mechanism, sizes)[0] as number);
  const params = isText ? makeText(mechanism, EPSILON, TEXT_SHAPE) : declareIndex(mechanism, EPSILON, domainSize);
  const { draws } = params;
  const drawn = draws === undefined ? undefined : Int32Array.from({ length: DRAWS }, () => uniformInt(source, draws));
  const heldBy = isText ? (i: number) => TEXTS[i % TEXTS.length] as string : (i: number) => i % domainSize;
  return {
    params,
    steps: stepsOf(mechanism, params, heldBy, drawn, source),
    values: isText ? 'texts' : String(domainSize),
    draws: drawn,
    estimate: (state) => estimateOf(mechanism, params, state),
  };
}

function stepsOf(
  { id, client }: Mechanism,
  params: Params,
  heldBy: (i: number) => number | string,
  draws: Int32Array | undefined,
  source: WordSource,
): Step[] {
  let reuse: unknown;
  if (!isLatched(client)) {
    const { randomize, encode } = unlatched(client);
    const write: Step['write'] = (i, from, into, at) => {
      reuse = randomize(params, heldBy(i), from, draws?.[i % DRAWS], reuse);
      encode(params, reuse, into, at);
    };
    return [{ name: id, write }];
  }
  const { latch, report, encode }: AnyLatched = client;
  const both = params as LatchedParams;
  const stored = latch(both, heldBy(1), 3, source);
  const write = (permanent: Uint8Array, from: WordSource, into: Uint8Array, at: number) => {
    reuse = report(both, permanent, from, reuse);
    encode(both, reuse, into, at);
  };
  return [
    { name: `${id}, report`, write: (_i, from, into, at) => write(stored, from, into, at) },
    {
      name: `${id}, latch and report`,
      write: (i, from, into, at) => write(latch(both, heldBy(i), i & 63, from), from, into, at),
    },
  ];
}

function estimateOf(mechanism: Mechanism, params: Params, state: State): unknown {
  if (mechanism.answers === 'texts') return mechanism.aggregator.texts(params, state, { candidates: TEXTS });
  const overIndices = params as IndexParams;
  if (mechanism.answers === 'frequencies') return mechanism.aggregator.estimate(overIndices, state);
  const amounts = Float64Array.from({ length: overIndices.domainSize - 1 }, (_, cell) => cell);
  return mechanism.aggregator.distribution(overIndices, state, { quantiles: [0.5, 0.75, 0.95], above: [], amounts });
}

/** Words that `work` draws, one by one and side by side. */
function wordsOf(source: BlockSource, work: (source: WordSource) => void): { single: number; reserved: number } {
  const words = { single: 0, reserved: 0 };
  const counted: BlockSource = {
    next() {
      words.single++;
      return source.next();
    },
    reserve(count) {
      words.reserved += count;
      return source.reserve(count);
    },
    get block() {
      return source.block;
    },
  };
  work(counted);
  return words;
}

function drawSingly(source: WordSource, words: number): void {
  let sum = 0;
  for (let i = 0; i < words; i++) sum ^= source.next();
  sink ^= sum;
}

/** As bit-sliced code does: many set aside, each read, all of them zeroed. */
function drawReserved(source: BlockSource, words: number): void {
  const many = 512;
  let sum = 0;
  for (let left = words; left > 0; left -= many) {
    const start = source.reserve(many);
    const { block } = source;
    for (let i = start; i < start + many; i++) sum ^= block[i] as number;
    block.fill(0, start, start + many);
  }
  sink ^= sum;
}

function measure(mechanism: Mechanism): Row[] {
  const source = secureSource(globalThis.crypto, BLOCK_WORDS);
  const { params, steps, values, draws, estimate } = subjectOf(mechanism, source);
  const { reportBytes } = params;
  const buffer = new Uint8Array(reportBytes * 1000);
  const rounds = reportBytes > 8 ? 2 : 100;
  const run = ({ write }: Step, from: WordSource) => {
    for (let round = 0, i = 0; round < rounds; round++) {
      for (let at = 0; at < buffer.length; at += reportBytes, i++) write(i, from, buffer, at);
    }
    sink ^= buffer[0] as number;
  };
  const making = steps.map((step) => secondsPerRound(() => run(step, source)));

  const reports = reportBytes > 8 ? 100_000 : 1_000_000;
  const bytes = new Uint8Array(reports * reportBytes);
  const last = steps.at(-1) as Step;
  for (let i = 0; i < reports; i++) last.write(i, source, bytes, i * reportBytes);
  const own = draws && Int32Array.from({ length: reports }, (_, i) => draws[i % DRAWS] as number);
  const aggregator: Aggregator = mechanism.aggregator;
  let state = aggregator.empty(params);
  const counting = secondsPerRound(() => {
    state = aggregator.empty(params);
    aggregator.accumulateAll(params, state, bytes, own);
  });
  const estimating = secondsPerRound(() => {
    sink ^= Number(estimate(state) === undefined);
  });
  const server = ((counting * 1e6) / reports + estimating) * 1000;

  return steps.map((step, i) => {
    const words = wordsOf(source, (from) => run(step, from));
    const count = rounds * 1000;
    const drawing = secondsPerRound(() => {
      drawSingly(source, words.single);
      drawReserved(source, words.reserved);
    });
    const client = count / (making[i] as number) / 1e6;
    const { name } = step;
    return {
      mechanism: name,
      values,
      bytes: reportBytes,
      words: short((words.single + words.reserved) / count),
      'M/s': short(client),
      goal: short(CLIENT_GOALS[name]),
      'of goal': short(client / (CLIENT_GOALS[name] ?? Number.NaN)),
      'over drawing': short((making[i] as number) / drawing),
      limit: words.single > words.reserved ? 3 : 2,
      'of C++': short(client / (CPP_CLIENT[name] ?? Number.NaN)),
      'of Python': short(client / (PYTHON_CLIENT[name] ?? Number.NaN)),
      '1e6 reports, ms': short(server),
      'goal, ms': short(SERVER_GOALS[name]),
      'C++ takes': short((CPP_SERVER[name] ?? Number.NaN) / server),
      'Python takes': short((PYTHON_SERVER[name] ?? Number.NaN) / server),
    };
  });
}

/** What the tricks buy, and the square wave's EMS. */
function parts(): Row[] {
  const source = secureSource(globalThis.crypto, BLOCK_WORDS);
  const row = new Uint8Array(128);
  const { bits } = oueParams({ epsilon: EPSILON, domainSize: 1024 });
  const sliced = secondsPerRound(() => {
    for (let i = 0; i < 100; i++) {
      row.fill(0);
      row[i] = 1;
      randomizeBits(source, bits, row, 0, 1024);
    }
  });
  const single = secureSource(globalThis.crypto, BLOCK_WORDS);
  const bitByBit = secondsPerRound(() => {
    for (let i = 0; i < 100; i++) {
      row.fill(0);
      for (let bit = 0; bit < 1024; bit++) {
        const { high, low } = bit === 8 * i ? bits.set : bits.unset;
        const word = single.next();
        if (word < high || (word === high && single.next() < low))
          row[bit >> 3] = (row[bit >> 3] as number) | (1 << (bit & 7));
      }
    }
  });
  const rows = new Uint8Array(128 * 10_000);
  for (let at = 0; at < rows.length; at += 128) randomizeBits(source, bits, rows, at, 1024);
  const counts = new Float64Array(1024);
  const columns = secondsPerRound(() => addColumns(rows, 128, counts));
  const setBits = secondsPerRound(() => {
    for (let at = 0; at < rows.length; at += 128) addBits(rows, at, 128, counts);
  });
  sink ^= (row[0] as number) ^ (counts[0] as number);
  return [
    {
      part: '1,024 bits, bit-sliced: us a report',
      takes: short(sliced * 1e4),
      plainly: short(bitByBit * 1e4),
      times: short(bitByBit / sliced),
    },
    {
      part: 'columns of 1e6 reports of 1,024 bits: ms',
      takes: short(columns * 1e5),
      plainly: short(setBits * 1e5),
      times: short(setBits / columns),
    },
    ...smoothedEm(),
  ];
}

function smoothedEm(): Row[] {
  const cells = 1024;
  const { channel } = waveOf(EPSILON, cells);
  return [1e4, 1e6].map((n) => {
    const source = secureSource(globalThis.crypto, BLOCK_WORDS);
    const counts = new Float64Array(channel.outputs);
    const params = squareWave.params({ epsilon: EPSILON, domainSize: cells + 1 });
    const shares = shapes.waits(cells);
    let cell = 0;
    let below = shares[0] as number;
    for (let i = 0; i < n; i++) {
      while (cell < cells - 1 && (i + 0.5) / n > below) below += shares[++cell] as number;
      const report = squareWave.client.randomize(params, cell, source);
      counts[report] = (counts[report] as number) + 1;
    }
    let steps = 0;
    const options = { smoothing: SMOOTHING * cells * cells, tolerance: TOLERANCE, maxSteps: MAX_STEPS };
    const seconds = secondsPerRound(() => {
      steps = fitShares(channel, counts, options).steps;
    });
    return { part: `EMS, 1,024 cells, ${n} reports, ${steps} steps: ms`, takes: short(seconds * 1000), goal: EMS_GOAL };
  });
}

/** The argument that asks to write down what the pages of the mechanisms quote. */
const WRITE = '--write';

/** Reports a second: of the step that each report takes, where there are several, and on a server. */
function writeSpeeds(rows: readonly (readonly [id: string, own: readonly Row[]])[]): void {
  const speeds = rows.map(([id, own]) => {
    const client = Math.max(...own.map((row) => Number(row['M/s'])));
    return [id, { client: client * 1e6, server: Math.round(1e9 / Number(own[0]?.['1e6 reports, ms'])) }] as const;
  });
  const path = join(dirname(script as string), 'speed.json');
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(speeds), null, 2)}\n`);
}

/** The argument that says: of this alone, and in figures. */
const ALONE = '--alone';

function rowsOf(task: string): Row[] {
  const runner = join(import.meta.dirname, '..', '..', '..', 'scripts', 'run-ts.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [runner, script as string, ALONE, task], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the bench of ${task} failed: ${stderr}`);
  return JSON.parse(stdout) as Row[];
}

const [, script, first, ...others] = process.argv;
if (first === ALONE) {
  const [task] = others;
  const mechanism = catalogue.get(task ?? '');
  console.log(JSON.stringify(mechanism === undefined ? parts() : measure(mechanism)));
  if (Number.isNaN(sink)) throw new Error('unreachable');
} else {
  const isAll = first === undefined || first === WRITE;
  const tasks = isAll ? [...catalogue.keys()] : [first, ...others];
  console.log(`epsilon ${EPSILON}, secure source, one thread, CPU time; M/s: millions of reports a second`);
  const rows = tasks.map((task) => [task, rowsOf(task)] as const);
  console.table(rows.flatMap(([, own]) => own));
  if (isAll) console.table(rowsOf('parts'));
  if (first === WRITE) writeSpeeds(rows);
}
