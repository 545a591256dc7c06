import {
  batchToJson,
  canonicalJson,
  encodeBatch,
  type Json,
  type Metric,
  paramsToJson,
  publicDraw,
  type Registry,
  registryToJson,
  toHex,
  type WireReport,
} from '@dither/protocol';
import { registry as browser } from '../fixtures/browser.registry.js';
import { answerVectors } from './answers.js';
import { badBatchVectors } from './bad-batches.js';
import { DAY, NONCE, wide } from './registries.js';

/** Well-formed reports of the metrics at `places`, whatever their mechanism: bytes 0, 1, 2, ... and 1 at the end. */
function reportsOf(registry: Registry, places: readonly number[], periodsAgo: number): WireReport[] {
  return places.map((index) => {
    const { params, period } = registry.wire[index] as Metric;
    const length = params.reportBytes;
    const window = (Math.floor(DAY / period) - periodsAgo) * period;
    return { index, window, bytes: Uint8Array.from({ length }, (_, i) => (i === length - 1 ? 1 : i)) };
  });
}

function batchVector(name: string, registry: Registry, reports: readonly WireReport[]) {
  const batch = { day: DAY, nonce: NONCE, reports };
  return {
    name,
    registry: registry.app,
    day: DAY,
    nonce: toHex(NONCE),
    reports: reports.map(({ index, window, bytes }) => ({
      metric: (registry.wire[index] as Metric).id,
      index,
      window,
      bytes: toHex(bytes),
    })),
    hex: toHex(encodeBatch(registry, batch)),
    json: batchToJson({ ...batch, registry: registry.fingerprint }),
  };
}

export function batchVectors() {
  const every = browser.wire.map((_, index) => index);
  return {
    about: 'Batches to reproduce: from the fields the bytes and the JSON form, and back.',
    registries: Object.fromEntries([browser, wide].map((registry) => [registry.app, registryToJson(registry)])),
    batches: [
      batchVector('one report', wide, reportsOf(wide, [0], 1)),
      batchVector('the second byte of the bitmap', wide, reportsOf(wide, [8], 1)),
      batchVector('every metric of a registry, three period lengths', browser, reportsOf(browser, every, 1)),
      batchVector('two windows of one metric', browser, [...reportsOf(browser, [0], 2), ...reportsOf(browser, [0], 1)]),
    ],
  };
}

function preimage(app: string, metric: Metric): string {
  const { id, kind, period, aggregate, domain, params, latch } = metric;
  return canonicalJson({
    app,
    id,
    kind,
    period,
    aggregate,
    domain: domain as Json,
    latch: latch as Json | undefined,
    mechanism: paramsToJson(params),
  });
}

export function fingerprintVectors() {
  return {
    about: 'SHA-256 of the UTF-8 of a preimage, the first 8 bytes, in hexadecimal.',
    metrics: Object.values(browser.metrics).map((metric) => ({
      id: metric.id,
      preimage: preimage(browser.app, metric as Metric),
      fingerprint: metric.fingerprint,
    })),
    registries: [browser, wide].map(({ app, wire, fingerprint }) => ({
      app,
      preimage: canonicalJson(wire.map((metric) => metric.fingerprint)),
      fingerprint,
    })),
  };
}

const FIRST = '0011223344556677';
const OTHER = 'fedcba9876543210';
const ZEROS = new Uint8Array(16);

function publicDrawVectors() {
  const vector = (metric: string, window: number, day: number, nonce: Uint8Array, draws: number) => ({
    metric,
    window,
    day,
    nonce: toHex(nonce),
    draws,
    draw: publicDraw(metric, window, { day, nonce }, draws),
  });
  return {
    about:
      'The public draw of a report: from fingerprint of the metric, window, day and nonce of the batch, and their number.',
    vectors: [
      vector(FIRST, 20_769, DAY, NONCE, 1),
      vector(FIRST, 20_769, DAY, NONCE, 2),
      vector(FIRST, 20_769, DAY, NONCE, 1024),
      vector(FIRST, 20_769, DAY, NONCE, 1_000_003),
      vector(FIRST, 20_769, DAY, NONCE, 2 ** 32),
      vector(FIRST, 20_769, DAY, NONCE, 2 ** 47),
      vector(FIRST, 20_776, DAY, NONCE, 2 ** 47),
      vector(FIRST, 20_769, DAY + 1, NONCE, 2 ** 47),
      vector(OTHER, 20_769, DAY, NONCE, 2 ** 47),
      vector(FIRST, 20_769, DAY, ZEROS, 2 ** 47),
      vector('0000000000000000', 0, 0, ZEROS, 2 ** 47),
      vector(
        'ffffffffffffffff',
        65_535,
        65_535,
        ZEROS.map(() => 255),
        2 ** 47,
      ),
    ],
  };
}

/** File name to text. */
export function vectorFiles(): { readonly [name: string]: string } {
  const text = (value: object) => `${JSON.stringify(value, null, 1)}\n`;
  return {
    'batches.json': text(batchVectors()),
    'batches.bad.json': text(badBatchVectors()),
    'answers.json': text(answerVectors()),
    'fingerprints.json': text(fingerprintVectors()),
    'public-draws.json': text(publicDrawVectors()),
  };
}
