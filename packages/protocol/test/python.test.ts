import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
  type Header,
  type Metric,
  parseHeader,
  parseReports,
  periodStart,
  publicDraw,
  type Registry,
  registryToText,
  toHex,
  type Value,
  type WireReport,
} from '@dither/protocol';
import seedrandom from 'seedrandom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry as browser } from './fixtures/browser.registry.js';
import { registry as mechanisms } from './fixtures/mechanisms.registry.js';

const client = fileURLToPath(new URL('../../../examples/python/client.py', import.meta.url));
const driver = fileURLToPath(new URL('./fixtures/python_driver.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const DAY = 20_778;
/** Of the other registry's metrics nothing happened. */
const values = {
  theme: 'dark',
  crashed: true,
  'tabs-opened': 12,
  'page-load': 812.5,
  memory: 4096,
  language: 'Español',
  homepage: 'https://example.org/',
};

function decode(registry: Registry, { index, window, bytes }: WireReport, header: Header): unknown {
  const { params, fingerprint } = registry.wire[index] as Metric;
  const aggregator: Aggregator = (catalogue.get(params.mechanism) as Mechanism).aggregator;
  const draw = params.draws === undefined ? undefined : publicDraw(fingerprint, window, header, params.draws);
  return aggregator.decode(params, bytes, draw);
}

if (!hasPython) console.warn('python3 is not here: the client written from docs/protocol.md is not tested');

describe.skipIf(!hasPython)('a client in Python, written from the document alone', () => {
  let folder = '';
  // Else the interpreter would write beside the sources.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const python = (...args: string[]) => execFileSync('python3', args, { encoding: 'utf8', cwd: folder, env }).trim();
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dither-python-'));
    for (const registry of [browser, mechanisms]) {
      writeFileSync(join(folder, `${registry.app}.json`), registryToText(registry));
    }
    writeFileSync(join(folder, 'values.json'), JSON.stringify(values));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const registry of [browser, mechanisms] as readonly Registry[]) {
    const file = `${registry.app}.json`;

    describe(`of ${registry.app}`, () => {
      it('builds a batch whose every report decodes, of every metric, in the windows that ended last', () => {
        const bytes = fromHex(python(client, file, 'values.json', '--day', formatDay(DAY))) as Uint8Array;
        const header = parseHeader(bytes);
        expect([header.day, header.registry]).toEqual([DAY, registry.fingerprint]);
        const reports = parseReports(bytes, registry);
        expect(reports.map(({ index }) => index).sort((a, b) => a - b)).toEqual(registry.wire.map((_, index) => index));
        for (const report of reports) {
          const { period } = registry.wire[report.index] as Metric;
          expect(report.window).toBe(periodStart(DAY, period) - period);
          expect(() => decode(registry, report, header)).not.toThrow();
        }
      });

      it('builds the JSON form of the same kind of batch', () => {
        const json = python(client, file, 'values.json', '--day', formatDay(DAY), '--json');
        const bytes = batchFromJson(JSON.parse(json), registry);
        const header = parseHeader(bytes);
        const reports = parseReports(bytes, registry);
        expect(reports).toHaveLength(registry.wire.length);
        for (const report of reports) expect(() => decode(registry, report, header)).not.toThrow();
      });

      it('maps events to the values, and values to the very reports, that this package and the mechanisms do', () => {
        const random = seedrandom('python');
        const words = Array.from({ length: 300_000 }, () => random.int32() >>> 0);
        const nonce = Uint8Array.from({ length: 16 }, () => random.int32());
        const [window, day] = [20_748, DAY];
        // How a uniform subset is drawn is left to the client: other coins, the same law.
        const comparable = registry.wire.filter(({ params }) => params.mechanism !== 'subset-selection');
        const events = comparable.flatMap((metric) => eventsOf(metric).map((event) => ({ metric: metric.id, event })));
        writeFileSync(join(folder, 'driver.json'), JSON.stringify({ words, events, window, day, nonce: toHex(nonce) }));
        const answers = JSON.parse(python(driver, client, file, 'driver.json')) as {
          value: number;
          report: string;
        }[];

        let at = 0;
        // The Python client's coins are 64 bits at once; a second word decides only where the first is a tie.
        const source = sourceFrom(() => words[at++] as number, 1);
        const expected = events.map(({ metric: id, event }) => {
          const metric = registry.wire.find((m) => m.id === id) as Metric;
          const value = event === null ? metric.none : (metric.encode(event) as Value);
          return { value, report: toHex(reportOf(metric, value, { window, day, nonce, source })) };
        });
        expect(answers).toEqual(expected);
        expect(events.length).toBeGreaterThan(50);
      });
    });
  }

  it('takes a fresh nonce for each batch', () => {
    const nonces = [1, 2].map(
      () => parseHeader(fromHex(python(client, `${browser.app}.json`, 'values.json')) as Uint8Array).nonce,
    );
    expect(nonces[0]).not.toEqual(nonces[1]);
  });

  it('draws what the vectors say', () => {
    const { vectors } = JSON.parse(readFileSync(new URL('../vectors/public-draws.json', import.meta.url), 'utf8'));
    const program = [
      'import json, sys',
      'sys.path.insert(0, sys.argv[1])',
      'from mechanisms import public_draw',
      'for v in json.load(sys.stdin)["vectors"]:',
      '    nonce = bytes.fromhex(v["nonce"])',
      '    print(public_draw({"fingerprint": v["metric"]}, v["window"], v["day"], nonce, v["draws"]))',
    ].join('\n');
    const out = execFileSync('python3', ['-c', program, dirname(client)], {
      encoding: 'utf8',
      env,
      input: JSON.stringify({ vectors }),
    });
    expect(out.trim().split('\n').map(Number)).toEqual(vectors.map(({ draw }: { draw: number }) => draw));
    expect(vectors.length).toBeGreaterThan(5);
  });
});

interface Making {
  readonly window: number;
  readonly day: number;
  readonly nonce: Uint8Array;
  readonly source: WordSource;
}

function reportOf(
  { client, params, fingerprint }: Metric,
  value: Value,
  { window, day, nonce, source }: Making,
): Uint8Array {
  if (!('latch' in client)) {
    const fresh = client as Client<Params, unknown, Value>;
    const draw = params.draws === undefined ? undefined : publicDraw(fingerprint, window, { day, nonce }, params.draws);
    return fresh.encode(params, fresh.randomize(params, value, source, draw));
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
    // Of long lists some: each takes many words.
    category: (domain.values ?? []).filter((_, i, { length }) => length < 20 || i % 37 === 0),
    count: [0, 1, 2.5, clamp, clamp + 1],
    timing: [-1, 0, ...edges, ...edges.map((edge) => edge * 1.001), 1e9],
    quantity: [-1, ...edges, 1e9],
    text: ['example.org', 'Español', '\u{1f600}x', '\ud83d', 'x'.repeat(300)],
  };
  return [null, ...all[kind]];
}
