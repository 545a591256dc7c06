import * as rr from '@dither/mechanisms/rr';
import {
  batchToJson,
  boolean,
  canonicalJson,
  defineRegistry,
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
import { about } from '../declare.js';
import { registry as browser } from '../fixtures/browser.registry.js';

/** More than eight metrics: a bitmap of two bytes. */
const wide = defineRegistry({
  app: 'org.example.wide',
  participation: 'sampled',
  expectedClients: 1000,
  metrics: Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`feature-${i}`, boolean({ ...about, period: 7, mechanism: rr.client })]),
  ),
});

const DAY = 20_778;
const NONCE = Uint8Array.from({ length: 16 }, (_, i) => i);

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

/** A header for `wide`, and what follows it. */
function wideBatch(rest: string, header: Partial<{ version: string; day: string; nonce: string }> = {}): string {
  const { version = '01', day = '2a51', nonce = toHex(NONCE) } = header;
  return `${version}${day}${nonce}${wide.fingerprint}${rest}`;
}

/** The window 20,769, the bitmap of the first metric, its report. */
const GROUP = '2151010001';

export function badBatchVectors() {
  const good = batchToJson({ day: DAY, nonce: NONCE, registry: wide.fingerprint, reports: reportsOf(wide, [0, 8], 1) });
  const groups = (reports: object) => [{ window: 20_769, reports }];
  const malformed = 'malformed-batch';
  return {
    about: 'Bodies that must be refused with this code, whatever else a server does. All name the registry below.',
    registry: registryToJson(wide),
    bytes: [
      { why: 'nothing', hex: '', code: malformed },
      { why: 'a version to come', hex: wideBatch(GROUP, { version: '02' }), code: 'unsupported-version' },
      { why: 'version zero', hex: wideBatch(GROUP, { version: '00' }), code: 'unsupported-version' },
      { why: 'a header cut short', hex: wideBatch('').slice(0, 40), code: malformed },
      { why: 'no group', hex: wideBatch(''), code: malformed },
      { why: 'a group of one byte', hex: wideBatch('21'), code: malformed },
      { why: 'a group that ends in its bitmap', hex: wideBatch('215101'), code: malformed },
      { why: 'a group without reports', hex: wideBatch('21510000'), code: malformed },
      { why: 'a report that is not there', hex: wideBatch('21510100'), code: malformed },
      { why: 'the last of nine reports missing', hex: wideBatch(`2151ff01${'00'.repeat(8)}`), code: malformed },
      { why: 'a bit beyond the last metric', hex: wideBatch('2151000201'), code: malformed },
      { why: 'every unused bit set', hex: wideBatch(`2151ffff${'00'.repeat(16)}`), code: malformed },
      { why: 'one byte too many', hex: wideBatch('215101000100'), code: malformed },
      { why: 'an empty group after a good one', hex: wideBatch('215101000121510000'), code: malformed },
    ],
    json: [
      { why: 'a version to come', json: { ...good, version: 2 }, code: 'unsupported-version' },
      { why: 'unused bits of the nonce set', json: { ...good, nonce: `${good.nonce.slice(0, -1)}x` }, code: malformed },
      { why: 'a padded nonce', json: { ...good, nonce: `${good.nonce}==` }, code: malformed },
      { why: 'a nonce of 15 bytes', json: { ...good, nonce: good.nonce.slice(0, 20) }, code: malformed },
      { why: 'a registry in capitals', json: { ...good, registry: good.registry.toUpperCase() }, code: malformed },
      { why: 'no group', json: { ...good, groups: [] }, code: malformed },
      { why: 'a group without reports', json: { ...good, groups: groups({}) }, code: malformed },
      { why: 'a day of three bytes', json: { ...good, day: 65_536 }, code: malformed },
      {
        why: 'a window before 1970',
        json: { ...good, groups: [{ window: -7, reports: { '0': 'AA' } }] },
        code: malformed,
      },
      { why: 'a place beyond the last metric', json: { ...good, groups: groups({ '9': 'AA' }) }, code: malformed },
      { why: 'a place with a leading zero', json: { ...good, groups: groups({ '00': 'AA' }) }, code: malformed },
      { why: 'a report of two bytes', json: { ...good, groups: groups({ '0': 'AAA' }) }, code: malformed },
      { why: 'unused bits of a report set', json: { ...good, groups: groups({ '0': 'AB' }) }, code: malformed },
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
    'fingerprints.json': text(fingerprintVectors()),
    'public-draws.json': text(publicDrawVectors()),
  };
}
