import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Aggregator,
  type Client,
  type LatchedClient,
  type LatchedParams,
  type Mechanism,
  type Params,
  sourceFrom,
  uniformInt,
  type WordSource,
} from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import {
  batchFromJson,
  formatDay,
  fromHex,
  type Metric,
  parseHeader,
  parseReports,
  periodStart,
  registryToText,
  toHex,
  type Value,
  type WireReport,
} from '@dither/protocol';
import seedrandom from 'seedrandom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from './fixtures/browser.registry.js';

const client = fileURLToPath(new URL('../../../examples/python/client.py', import.meta.url));
const driver = fileURLToPath(new URL('./fixtures/python_driver.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const DAY = 20_778;
const values = {
  theme: 'dark',
  crashed: true,
  'tabs-opened': 12,
  'page-load': 812.5,
  memory: 4096,
  language: 'Español',
  homepage: 'https://example.org/',
};

function decode(report: WireReport): unknown {
  const { params } = registry.wire[report.index] as Metric;
  const aggregator: Aggregator = (catalogue.get(params.mechanism) as Mechanism).aggregator;
  return aggregator.decode(params, report.bytes);
}

if (!hasPython) console.warn('python3 is not here: the client written from docs/protocol.md is not tested');

describe.skipIf(!hasPython)('a client in Python, written from the document alone', () => {
  let folder = '';
  const python = (...args: string[]) => execFileSync('python3', args, { encoding: 'utf8', cwd: folder }).trim();
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dither-python-'));
    writeFileSync(join(folder, 'registry.json'), registryToText(registry));
    writeFileSync(join(folder, 'values.json'), JSON.stringify(values));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('builds a batch whose every report decodes, of every metric, in the windows that ended last', () => {
    const bytes = fromHex(python(client, 'registry.json', 'values.json', '--day', formatDay(DAY))) as Uint8Array;
    const header = parseHeader(bytes);
    expect([header.day, header.registry]).toEqual([DAY, registry.fingerprint]);
    const reports = parseReports(bytes, registry);
    expect(reports.map(({ index }) => index).sort((a, b) => a - b)).toEqual(registry.wire.map((_, index) => index));
    for (const report of reports) {
      const { period } = registry.wire[report.index] as Metric;
      expect(report.window).toBe(periodStart(DAY, period) - period);
      expect(() => decode(report)).not.toThrow();
    }
  });

  it('builds the JSON form of the same kind of batch', () => {
    const json = python(client, 'registry.json', 'values.json', '--day', formatDay(DAY), '--json');
    const reports = parseReports(batchFromJson(JSON.parse(json), registry), registry);
    expect(reports).toHaveLength(registry.wire.length);
    for (const report of reports) expect(() => decode(report)).not.toThrow();
  });

  it('takes a fresh nonce for each batch', () => {
    const nonces = [1, 2].map(
      () => parseHeader(fromHex(python(client, 'registry.json', 'values.json')) as Uint8Array).nonce,
    );
    expect(nonces[0]).not.toEqual(nonces[1]);
  });

  it('maps events to the values, and values to the very reports, that this package and the mechanisms do', () => {
    const random = seedrandom('python');
    const words = Array.from({ length: 60_000 }, () => random.int32() >>> 0);
    const events = registry.wire.flatMap((metric) =>
      eventsOf(metric as Metric).map((event) => ({ metric: metric.id, event })),
    );
    writeFileSync(join(folder, 'driver.json'), JSON.stringify({ words, events }));
    const answers = JSON.parse(python(driver, client, 'registry.json', 'driver.json')) as {
      value: number;
      report: string;
    }[];

    let at = 0;
    // The Python client's coins are 64 bits at once; a second word decides only where the first is a tie.
    const source = sourceFrom(() => words[at++] as number);
    const expected = events.map(({ metric: id, event }) => {
      const metric = registry.wire.find((m) => m.id === id) as Metric;
      const value = event === null ? metric.none : (metric.encode(event) as Value);
      return { value, report: toHex(reportOf(metric, value, source)) };
    });
    expect(answers).toEqual(expected);
    expect(events.length).toBeGreaterThan(50);
  });
});

function reportOf({ client, params }: Metric, value: Value, source: WordSource): Uint8Array {
  if (!('latch' in client)) {
    const fresh = client as Client<Params, unknown, Value>;
    return fresh.encode(params, fresh.randomize(params, value, source));
  }
  const latched = client as LatchedClient<LatchedParams, unknown, Value>;
  const own = params as LatchedParams;
  // The first report of an epoch: the installation's draw, the permanent stage, the instantaneous one.
  const permanent = latched.latch(own, value, uniformInt(source, 64), source);
  return latched.encode(own, latched.report(own, permanent, source));
}

/** Events of a metric, its edges and what lies beyond them included; null is "no event". */
function eventsOf({ kind, domain }: Metric): unknown[] {
  const edges = domain.edges ?? [];
  const clamp = domain.clamp ?? 0;
  const all = {
    boolean: [true],
    category: [...(domain.values ?? [])],
    count: [0, 1, 2.5, clamp, clamp + 1],
    timing: [-1, 0, ...edges, ...edges.map((edge) => edge * 1.001), 1e9],
    quantity: [-1, ...edges, 1e9],
    text: ['example.org', 'Español', '\u{1f600}x', '\ud83d', 'x'.repeat(300)],
  };
  return [null, ...all[kind]];
}
