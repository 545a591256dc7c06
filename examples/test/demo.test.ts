import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineRegistry, registryToText } from '@dither/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCommand } from '../dist/demo/command.js';
import { type Ran, run } from './run.js';
import { browser, declaredAgain, smallDemo } from './small-demo.js';

const MAIN = fileURLToPath(new URL('../dist/demo/main.js', import.meta.url));

/** In this process: a process of its own takes longer to start than most of these runs take. */
async function demo(...flags: string[]): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await demoCommand(
    flags,
    {
      write: (text) => {
        out += text;
      },
    },
    {
      write: (text) => {
        err += text;
      },
    },
  );
  return { code, out, err };
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-demo-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the demo', () => {
  it('passes, prints one object with at least 30 values that have a truth, and replays byte for byte', async () => {
    const [first, second] = await Promise.all([
      run('node', [MAIN, '--clients', '150', '--seed', 'replay', '--json']),
      demo('--clients', '150', '--seed', 'replay', '--json'),
    ]);
    expect(first.code).toBe(0);
    expect(second.out).toBe(first.out);
    const result = JSON.parse(first.out);
    const values = result.metrics.flatMap((m: { values: object[] }) => m.values);
    expect(values.length).toBeGreaterThanOrEqual(30);
    for (const value of values) {
      for (const key of ['truth', 'estimate', 'low', 'high', 'n', 'epsilon']) {
        expect(value[key], `${key} of ${value.value}`).toBeTypeOf('number');
      }
      // A percentile's interval says all: its error has no one size.
      expect(value.standardError === null, `${value.value}`).toBe(value.quantity === 'quantile');
      expect(value.mechanism).toBeTypeOf('string');
    }
    expect(result.seed).toBe('replay');
    expect(result.spent.sample.inWindow).toBe(browser().bound.perWindow);
    expect(result.uploads).toMatchObject({ undelivered: 0, exactlyOnce: true });
  });

  it('says first what one person spends in all', async () => {
    // Of a seed of its own, with which it fails one time in a thousand.
    const { out } = await demo('--clients', '20');
    const most = browser().bound.perWindow;
    expect(most).toBeLessThanOrEqual(8);
    expect(out.split('\n')[0]).toContain(
      `One person's device spends at most epsilon ${most} in 28 days, over all 16 metrics`,
    );
    expect(out).toMatch(/seed [0-9a-f]{12}/);
    // Six fresh metrics in each of two periods, and both reports of an epoch of the latched one.
    const spent = 12 + (browser().metrics['homepage']?.microEpoch.at(-1) as number) / 1e6;
    expect(out).toContain(`its ledger, read from its storage: epsilon ${spent} spent in all, at most ${most} in any`);
  });

  it('retries what was cut off, and counts it once', async () => {
    const { uploads, exactlyOnce, undelivered } = await smallDemo('cuts', 200);
    expect(uploads.cutBefore).toBeGreaterThan(0);
    expect(uploads.cutAfter).toBeGreaterThan(0);
    expect(uploads.duplicates).toBeGreaterThan(0);
    expect(uploads.requests).toBeGreaterThan(uploads.delivered);
    expect({ exactlyOnce, undelivered, delivered: uploads.delivered }).toEqual({
      exactlyOnce: true,
      undelivered: 0,
      delivered: 400,
    });
  });

  it('runs on a registry and events of your own, and counts bad lines with number and reason', async () => {
    const registry = join(folder, 'registry.json');
    const events = join(folder, 'events.csv');
    await writeFile(registry, registryToText(browser()));
    const lines = Array.from({ length: 300 }, (_, i) => [
      `c${i},dark-mode,${i % 3 === 0 ? 'yes' : 'no'}`,
      `c${i},page-load,${100 + 13 * i}`,
      `c${i},os-version,${10 + (i % 7)}`,
    ]).flat();
    await writeFile(
      events,
      ['client,metric,value', ...lines, 'c1,no-such-metric,3', 'c2,os-version,99', 'short'].join('\n'),
    );
    const flags = ['--registry', registry, '--events', events, '--seed', 'own', '--json'];
    const { code, out, err } = await run('node', [MAIN, ...flags]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ clients: 300, badLines: 3, passed: true });
    expect(err).toContain(`${events}:902: the registry does not declare this metric`);
    expect(err).toContain(`${events}:903: the metric does not take this value`);
    expect(err).toContain(`${events}:904: a line has three fields`);
  });

  it('looks for texts of your own among candidates of your own, and says plainly what cannot be seen', async () => {
    const registry = join(folder, 'texts.json');
    const events = join(folder, 'texts.csv');
    const candidates = join(folder, 'candidates.txt');
    const { metrics, app } = browser();
    const declared = { homepage: declaredAgain(metrics['homepage']) };
    await writeFile(registry, registryToText(defineRegistry({ app, expectedClients: 400, metrics: declared })));
    const homepage = (i: number): string => (i % 4 === 3 ? 'rare.example' : 'common.example');
    const lines = Array.from({ length: 400 }, (_, i) => `c${i},homepage,${homepage(i)}`);
    await writeFile(events, ['client,metric,value', ...lines].join('\n'));
    await writeFile(candidates, 'common.example\nnobody.example\n');
    const flags = ['--registry', registry, '--events', events, '--seed', 'texts'];
    const { code, out } = await demo(...flags, '--candidates', candidates, '--json');
    expect(code).toBe(0);
    const [result] = JSON.parse(out).metrics;
    const truths = Object.fromEntries(result.values.map((v: { value: string; truth: number }) => [v.value, v.truth]));
    expect(truths).toMatchObject({ 'common.example': 0.75, 'nobody.example': 0 });
    expect(result.values.find((v: { quantity: string }) => v.quantity === 'unexplained').truth).toBeCloseTo(0.25, 12);
    expect(result.texts).toMatchObject({ detected: ['common.example'], candidates: { tested: 2 } });

    const plain = await demo(...flags);
    expect(plain.code).toBe(0);
    expect(plain.out).toMatch(/at 400 reports and epsilon 1 a text must be held by about \d\d\.\d% of them to be seen/);
    expect(plain.out).toContain('of 2 texts recorded');
  });

  it('makes up texts for a registry of your own, and amounts, and a crash without metrics for it', async () => {
    const registry = join(folder, 'made-up.json');
    const { metrics, app } = browser();
    const ids = ['homepage', 'crash-signature', 'page-load', 'input-delay'];
    const declared = Object.fromEntries(ids.map((id) => [id, declaredAgain(metrics[id])]));
    await writeFile(registry, registryToText(defineRegistry({ app, expectedClients: 100, metrics: declared })));
    const { code, out, err } = await demo('--registry', registry, '--clients', '100', '--json', '--seed', 'made-up');
    expect({ code, err: err.includes('Error') }).toEqual({ code: 0, err: false });
    expect(JSON.parse(out)).toMatchObject({ clients: 100, passed: true });
  });

  it('fails when nothing is delivered', async () => {
    const registry = join(folder, 'empty.json');
    const events = join(folder, 'empty.csv');
    await writeFile(registry, registryToText(browser()));
    await writeFile(events, 'client,metric,value\n');
    const { code, out } = await demo('--registry', registry, '--events', events);
    expect(code).toBe(1);
    expect(out).toContain('FAIL nothing was delivered');
  });

  it('says so when the independent intervals are too few to fail', async () => {
    const registry = join(folder, 'few.json');
    const events = join(folder, 'few.csv');
    const { metrics, app } = browser();
    const few = defineRegistry({ app, expectedClients: 100, metrics: { crashed: declaredAgain(metrics['crashed']) } });
    await writeFile(registry, registryToText(few));
    await writeFile(
      events,
      ['client,metric,value', ...Array.from({ length: 50 }, (_, i) => `c${i},crashed,yes`)].join('\n'),
    );
    const { code, out } = await demo('--registry', registry, '--events', events);
    expect(code).toBe(0);
    expect(out).toContain('so few that this test cannot fail');
  });

  it('runs on a registry of your own without events', async () => {
    const registry = join(folder, 'generic.json');
    await writeFile(registry, registryToText(browser()));
    const { code, out } = await demo('--registry', registry, '--clients', '50', '--seed', 'generic', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).clients).toBe(50);
  });

  it.each([
    [['--clients', '0'], '--clients takes a whole number'],
    [['--clients', 'many'], '--clients takes a whole number'],
    [['--events', 'x.csv'], '--events needs the --registry'],
    [['--candidates', 'x.txt'], '--candidates needs the --registry'],
    [['--no-such-flag'], 'no-such-flag'],
    [['--registry', '/no/such/file.json'], '/no/such/file.json'],
  ])('refuses %j in one line with exit code 2', async (flags, said) => {
    const { code, err, out } = await demo(...flags);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(err).not.toContain('    at ');
    expect(out).toBe('');
  });

  it('ends with the exit code of what it was told', async () => {
    const { code, err, out } = await run('node', [MAIN, '--clients', '0']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^--clients takes a whole number.*\n$/);
  });
});
