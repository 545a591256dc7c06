import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as dBitFlip from '@dither/mechanisms/d-bit-flip';
import * as duchi from '@dither/mechanisms/duchi';
import * as hybrid from '@dither/mechanisms/hybrid';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as oue from '@dither/mechanisms/oue';
import * as piecewise from '@dither/mechanisms/piecewise';
import * as rr from '@dither/mechanisms/rr';
import * as squareWave from '@dither/mechanisms/square-wave';
import * as tree from '@dither/mechanisms/tree';
import {
  boolean,
  category,
  count,
  defineRegistry,
  EXPIRY_NOTICE_DAYS,
  parseDay,
  policy,
  type Registry,
  registryToText,
  timing,
} from '@dither/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assess } from '../src/cli/assess.js';
import { predict } from '../src/cli/predict.js';
import { runCli } from '../src/cli/run.js';
import { compareRegistries } from '../src/registry/compare.js';
import { about, registryOf, theme, yesNo } from './declare.js';
import { registry as browser } from './fixtures/browser.registry.js';
import { registry as mechanisms } from './fixtures/mechanisms.registry.js';

const fixture = fileURLToPath(new URL('./fixtures/browser.registry.ts', import.meta.url));
const TODAY = parseDay('2026-11-21') as number;
const LAST = (parseDay(about.expires) as number) + 1;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dither-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function save(name: string, registry: Registry): string {
  const path = join(folder, name);
  writeFileSync(path, registryToText(registry));
  return path;
}

async function run(args: readonly string[], today = TODAY) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, { today, print: (text) => out.push(text), printError: (text) => err.push(text) });
  return { code, out: out.join(''), err: err.join('') };
}

describe('dither-registry', () => {
  it('is a program that exits with the code of its command', () => {
    const bin = fileURLToPath(new URL('../bin/dither-registry.js', import.meta.url));
    const go = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' });
    expect(go('check', fixture).status).toBe(0);
    expect(go('check', save('cut.json', browser).replace('.json', '.yaml')).status).toBe(2);
    expect(go('help').stdout).toContain('dither-registry check');
  });

  it('answers what it does not understand with the usage', async () => {
    for (const args of [
      [],
      ['chek'],
      ['check'],
      ['check', 'a', 'b'],
      ['check', fixture, '--fast'],
      ['diff', fixture],
    ]) {
      const { code, err } = await run(args);
      expect(code).toBe(2);
      expect(err).toContain('Usage:');
    }
  });

  it('fails with 1 for a registry that is refused, with 2 for one that is not there', async () => {
    const path = join(folder, 'refused.json');
    writeFileSync(path, registryToText(browser).replace('"perWindow":8', '"perWindow":5'));
    const refused = await run(['check', path]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('budget-exceeded')]);
    expect((await run(['check', join(folder, 'gone.json')])).code).toBe(2);
  });

  it('exports the canonical text, which it reads back', async () => {
    const out = join(folder, 'out.json');
    expect(await run(['export', fixture, '--out', out])).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(out, 'utf8')).toBe((await run(['export', fixture])).out);
    expect((await run(['export', out])).out).toBe(registryToText(browser));
    expect((await run(['export', fixture, '--out', folder])).code).toBe(2);
  });
});

describe('check', () => {
  it('says what a person gives away, when silence falls, and who draws what', async () => {
    const { code, out } = await run(['check', fixture]);
    expect(code).toBe(0);
    expect(out).toContain('epsilon 7.302924 in any 28 days, 104 in its life');
    expect(out).toContain('silent after 15 windows: 420 days');
    expect(out).toContain('every 28 days: 1 of 6 metric(s) on average, epsilon 1 of the 6 all would take');
    expect(out).toContain('by the cohort, 6 bits at most, and by 1.05 bits of stored noise');
    expect(out).toContain('homepage is latched: 2 reports in an epoch of 56 days cost epsilon 0.903');
  });

  it('says the same as data', async () => {
    const { out } = await run(['check', fixture, '--json']);
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(assess(browser, TODAY))));
  });

  it('prints an effective epsilon that is at most the declared one, and hardly less', () => {
    const metrics = [browser, mechanisms].flatMap((registry) => assess(registry as Registry, TODAY).metrics);
    expect(metrics).toHaveLength(browser.wire.length + mechanisms.wire.length);
    for (const { epsilon, effectiveEpsilon } of metrics) {
      expect(effectiveEpsilon).toBeLessThanOrEqual(epsilon);
      // Bits are randomized with few binary digits, which costs up to a ten-thousandth.
      expect(effectiveEpsilon).toBeGreaterThanOrEqual(epsilon * (1 - 1e-4));
    }
  });

  it('fails from 30 days before a metric expires, and after', async () => {
    const path = save('one.json', registryOf({ m: yesNo }));
    const at = async (left: number) => (await run(['check', path], LAST - left)).code;
    expect(EXPIRY_NOTICE_DAYS).toBe(30);
    expect([await at(31), await at(30), await at(1), await at(0), await at(-100)]).toEqual([0, 1, 1, 1, 1]);
  });

  it('warns of a metric meant to outlive the silence, from the very day', () => {
    const registry = registryOf({ m: yesNo }, { budget: { perWindow: 1, lifetime: 13 } });
    const codes = (today: number) => assess(registry, today).warnings.map(({ code }) => code);
    expect(codes(LAST - 13 * 28)).toEqual([]);
    expect(codes(LAST - 13 * 28 - 1)).toEqual(['outlives-budget']);
  });

  it('warns where nothing can be seen', () => {
    const blind = { ...yesNo, epsilon: 0.01 } as const;
    const { warnings } = assess(registryOf({ blind, seen: yesNo }), LAST - 40);
    expect(warnings.map(({ code, where }) => [code, where])).toEqual([['nothing-visible', 'blind']]);
  });

  it('warns of percentiles that are no better than a guess, and says so in the table', async () => {
    for (const mechanism of [tree.client, squareWave.client]) {
      const declare = (epsilon: number) => timing({ ...about, epsilon, range: [100, 10_000], buckets: 64, mechanism });
      const registry = registryOf({ blind: declare(0.01), seen: declare(4) }, { expectedClients: 100_000 });
      const blind = assess(registry, LAST - 40).warnings.filter(({ code }) => code === 'nothing-visible');
      expect(blind.map(({ where }) => where)).toEqual(['blind']);
      expect(blind[0]?.message).toContain('(p50, p75, p95)');
      const { out } = await run(['check', save(`percentiles-${mechanism.id}.json`, registry)], LAST - 40);
      expect(out).toMatch(/p50 +100,000 +±\d(,\d\d0|\d\d) ms rms +nothing\n/);
      expect(out).toMatch(/p50 +100,000 +±[\d.]{1,4} ms rms\n/);
    }
  });

  it('warns when one batch cannot hold a report of everything', () => {
    const values = Array.from({ length: 4096 }, (_, i) => `v${i}`);
    const large = category({ ...about, epsilon: 0.2, values, mechanism: oue.client });
    const metrics = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`m${i}`, large]));
    const { batchBytes, warnings } = assess(registryOf(metrics), LAST - 40);
    expect(batchBytes).toBe(27 + 2 + 4 + 30 * 513);
    expect(batchBytes).toBeGreaterThan(policy.maxBatchBytes);
    expect(warnings.map(({ code }) => code)).toContain('batch-splits');
  });
});

describe('a prediction', () => {
  const E = Math.E;
  const n = 50_000;
  const [yes] = predict(registryOf({ m: yesNo }).metrics.m, n);

  it('is the published standard error', () => {
    expect(yes?.standardError).toBeCloseTo(Math.sqrt(E / (E - 1) ** 2 / n), 12);
    const [rare] = predict(registryOf({ theme }).metrics.theme, n);
    // Of epsilon up to a ten-thousandth is lost to few binary digits.
    expect((rare?.standardError as number) / Math.sqrt((4 * E) / (E - 1) ** 2 / n)).toBeCloseTo(1, 3);
  });

  it('has the detection limit at which truth is told from zero 19 times in 20', () => {
    expect(yes?.detectionLimit).toBeCloseTo((1.959964 + 1.644854) * (yes?.standardError ?? 0), 7);
  });

  it('counts the answers to each question of a count', () => {
    const metric = count({ ...about, clamp: 20, mechanism: oneBitMean.client });
    const predictions = predict(registryOf({ metric }).metrics.metric, n);
    expect(predictions.map(({ quantity, n: answers }) => [quantity, answers])).toEqual([
      ['mean', n / 2],
      ['zero', n / 4],
      ['at-clamp', n / 4],
    ]);
    expect(predictions[0]?.standardError).toBeCloseTo(20 * Math.sqrt(E / (E - 1) ** 2 / (n / 2)), 10);
  });

  it('is of the mean alone where a count asks for nothing else', () => {
    for (const mechanism of [duchi.client, piecewise.client, hybrid.client]) {
      const metric = count({ ...about, clamp: 20, mechanism });
      const predictions = predict(registryOf({ metric }).metrics.metric, n);
      expect(predictions.map(({ quantity, n: answers }) => [quantity, answers])).toEqual([['mean', n]]);
      expect(predictions[0]?.range).toBe(20);
      // Better than a report that says 0 or the clamp with certainty, and worse than the truth.
      expect(predictions[0]?.standardError).toBeGreaterThan(1 / Math.sqrt(n));
      expect(predictions[0]?.standardError).toBeLessThan((20 * (E + 1)) / (E - 1) / Math.sqrt(n));
    }
  });

  it('counts the answers about a value where a latched report is about some of them', () => {
    const mechanism = dBitFlip.client;
    const latch = { epsilonFirst: 1, epsilonInfinity: 1, epoch: 56 };
    const metric = timing({ ...about, range: [1, 1000], buckets: 64, mechanism, latch });
    const [one] = predict(registryOf({ metric }).metrics.metric, n);
    const { sampled, domainSize } = mechanism.params({ ...latch, reports: 2, domainSize: 65 });
    // Each of 64 sets has so many of the values, so that a value is in as many as any other, or in one more.
    expect(Math.abs(((one?.n as number) / n) * 64 - (64 * sampled) / domainSize)).toBeLessThan(1);
    const h = Math.exp(0.5);
    expect(one?.standardError).toBeCloseTo(Math.sqrt(h / (h - 1) ** 2 / (one?.n as number)), 9);
  });

  it('allows for sampled participation', () => {
    const metrics = { a: yesNo, b: yesNo, c: yesNo, d: yesNo };
    const sampled = registryOf(metrics, { budget: { perWindow: 1 }, participation: 'sampled', expectedClients: 4 * n });
    const [first] = assess(sampled, TODAY).metrics;
    expect(first?.inclusion).toBe(1 / 4);
    expect(first?.predictions[0]?.standardError).toBe(yes?.standardError);
  });
});

describe('diff', () => {
  const base = { theme, crashed: yesNo } as const;
  const before = registryOf(base);
  const compare = (after: Registry) => compareRegistries(before, after);
  const series = (after: Registry) =>
    compare(after).metrics.map((m) => [m.id, m.series, m.changes.map((c) => c.field)]);

  it('finds nothing between a registry and itself', () => {
    const { metrics, registry, consent, isNewLayout } = compare(registryOf(base));
    expect([metrics, registry, consent, isNewLayout]).toEqual([[], [], [], false]);
  });

  it('tells a new series from new words', () => {
    const reworded = { ...theme, description: 'Other words.', expires: '2031-01-01' };
    expect(series(registryOf({ ...base, theme: reworded }))).toEqual([['theme', 'same', ['description', 'expires']]]);
    const wider = category({ ...about, values: ['light', 'dark', 'auto'], mechanism: oue.client });
    expect(series(registryOf({ ...base, theme: wider }))).toEqual([['theme', 'new', ['domain']]]);
    const weaker = boolean({ ...about, epsilon: 0.5, mechanism: rr.client });
    expect(series(registryOf({ ...base, crashed: weaker }))).toEqual([['crashed', 'new', ['epsilon']]]);
    const renamed = registryOf(base, { app: 'org.example.other' });
    expect(series(renamed).map(([, what]) => what)).toEqual(['new', 'new']);
    expect(compare(renamed).registry.map(({ field }) => field)).toEqual(['app']);
  });

  it('asks for consent again when a metric is added or dearer, or a bound rises, and only then', () => {
    const reasons = (after: Registry) => compare(after).consent.length;
    expect(reasons(registryOf({ theme }))).toBe(0);
    expect(reasons(registryOf(base, { budget: { lifetime: 50 } }))).toBe(0);
    expect(compare(registryOf({ ...base, more: yesNo })).consent).toEqual([
      'the bound per window rises from 2 to 3',
      'more starts to report',
    ]);
    expect(compare(registryOf(base, { budget: { lifetime: 200 } })).consent).toEqual([
      'the bound of a lifetime rises from 104 to 200',
    ]);
    const weekly = boolean({ ...about, period: 7, epsilon: 0.5, mechanism: rr.client });
    expect(compare(registryOf({ crashed: weekly })).consent).toEqual(['crashed may spend 2 per window, which was 1']);
  });

  it('says so in words', async () => {
    const after = defineRegistry({
      app: 'org.example.test',
      expectedClients: 1000,
      budget: { lifetime: 130 },
      metrics: { theme: { ...theme, purpose: 'To know.' }, more: yesNo },
    });
    const { code, out } = await run(['diff', save('a.json', before), save('b.json', after)]);
    expect(code).toBe(0);
    for (const line of [
      'epsilon 2 in any 28 days, 130 in its life (was 2 in any 28 days, 104 in its life)',
      'Devices ask for consent again',
      'more starts to report',
      'lifetime: 104 -> 130',
      'crashed: removed: its series ends',
      'more: added: a series begins',
      'theme: the same series goes on',
      'purpose: "What for." -> "To know."',
      'new fingerprint',
    ]) {
      expect(out).toContain(line);
    }
    const { out: json } = await run(['diff', join(folder, 'a.json'), join(folder, 'b.json'), '--json']);
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(compare(after))));
  });

  it('shows that an app begins to ask those who send Global Privacy Control, and that batches stay as they are', async () => {
    const after = registryOf(base, { gpc: 'explicit-grant' });
    expect(compare(after)).toMatchObject({
      registry: [{ field: 'gpc', before: 'none', after: '"explicit-grant"' }],
      consent: [],
      isNewLayout: false,
    });
    const { out } = await run(['diff', save('e.json', before), save('f.json', after)]);
    expect(out).toContain('gpc: none -> "explicit-grant"');
  });

  it('shows of a long list the part that changed', async () => {
    const values = Array.from({ length: 200 }, (_, i) => `value-${i}`);
    const long = (list: string[]) => registryOf({ m: category({ ...about, values: list, mechanism: oue.client }) });
    const { out } = await run([
      'diff',
      save('c.json', long(values)),
      save('d.json', long([...values, 'and-one-more'])),
    ]);
    expect(out).toContain('and-one-more');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(240);
  });
});
