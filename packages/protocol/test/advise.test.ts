import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as duchi from '@dither/mechanisms/duchi';
import * as grr from '@dither/mechanisms/grr';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as oneTimeRappor from '@dither/mechanisms/one-time-rappor';
import * as oue from '@dither/mechanisms/oue';
import * as tree from '@dither/mechanisms/tree';
import { category, count, parseDay, type Registry, registryToText, text, timing } from '@dither/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Advised } from '../src/cli/advice.js';
import { assess } from '../src/cli/assess.js';
import { formatShare } from '../src/cli/format.js';
import { runCli } from '../src/cli/run.js';
import { about, registryOf, yesNo } from './declare.js';
import { registry as browser } from './fixtures/browser.registry.js';
import { registry as mechanisms } from './fixtures/mechanisms.registry.js';

const TODAY = parseDay('2026-11-21') as number;
const many = Array.from({ length: 1024 }, (_, i) => `value ${i}`);
const latch = { epsilonFirst: 1, epsilonInfinity: 2, epoch: 56 } as const;

const registry = registryOf(
  {
    crashed: yesNo,
    site: category({ ...about, values: many, mechanism: grr.client }),
    page: category({ ...about, values: many, mechanism: oue.client }),
    tabs: count({ ...about, clamp: 50, mechanism: oneBitMean.client }),
    clicks: count({ ...about, epsilon: 4, clamp: 50, mechanism: duchi.client }),
    paint: timing({ ...about, range: [10, 10_000], buckets: 64, mechanism: tree.client }),
    theme: category({ ...about, values: many, mechanism: lGrr.client, latch }),
    signature: text({ ...about, bits: 100, hashes: 2, mechanism: oneTimeRappor.client }),
  },
  { expectedClients: 100_000, budget: { perWindow: 20, lifetime: 1000 } },
);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dither-advise-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function save(name: string, saved: Registry): string {
  const path = join(folder, name);
  writeFileSync(path, registryToText(saved));
  return path;
}

async function run(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const context = { today: TODAY, print: (t: string) => out.push(t), printError: (t: string) => err.push(t) };
  const code = await runCli(['advise', ...args], context);
  return { code, out: out.join(''), err: err.join('') };
}

async function advised(...args: readonly string[]): Promise<Advised[]> {
  return JSON.parse((await run(...args, '--json')).out) as Advised[];
}

describe('advise', () => {
  it('ranks for every metric, the declared one among them', async () => {
    for (const [name, one] of Object.entries({ browser, mechanisms })) {
      const all = await advised(save(`${name}.json`, one as Registry));
      expect(all.map(({ metric }) => metric.split(':')[0])).toEqual(Object.keys(one.metrics));
      for (const { metric, declared, ranking } of all) {
        const { params } = (one as Registry).metrics[metric.split(':')[0] as string] ?? {};
        expect(declared?.mechanism).toBe(params?.mechanism);
        expect(declared?.reportBytes).toBe(params?.reportBytes);
        expect(ranking).toContainEqual(declared);
      }
    }
  });

  it('marks what is declared, and says what is better and by how much', async () => {
    const file = save('one.json', registry);
    const said = async (id: string) => (await run(file, '--metric', id)).out.trimEnd().split('\n');
    const site = await said('site');
    expect(site[0]).toBe(
      'site: category, epsilon 1, 100,000 installations; standard error of a share, over all values, each as frequent',
    );
    expect(site.filter((line) => line.startsWith(' *'))).toEqual([expect.stringMatching(/^ \* {2}grr +2 +1,025 /)]);
    expect(site[2]).toMatch(/^ {4}local-hashing +1 +5,460 +0\.607 points +2\.19% +within 1% of the least error/);
    expect(site.at(-1)).toBe('  local-hashing would have 90% less error than grr, which is declared (*).');
    expect((await said('page')).at(-1)).toContain('local-hashing does as well as oue');
    expect((await said('page')).at(-1)).toContain('in 1 byte(s) in place of 129');
    expect((await said('crashed')).at(-1)).toBe('  rr, which is declared (*), is the best.');
    expect((await said('tabs')).at(-1)).toMatch(
      /hybrid would have 3\d% less error .* would not tell: zero, at-clamp\.$/,
    );
    expect((await said('clicks')).at(-1)).toMatch(/piecewise would have \d+% less error than duchi/);
    expect((await said('theme')).at(-1)).toMatch(/l-osue would have \d+% less error than l-grr/);
    expect((await said('signature')).at(-1)).toMatch(
      /128 bits, 1 hash would have 3\d% less error than .* 100 bits, 2 hashes/,
    );
  });

  it('puts what is above a number of bytes last', async () => {
    const [page] = await advised(save('bytes.json', registry), '--metric', 'page', '--bytes', '16');
    expect(page?.declared).toMatchObject({ mechanism: 'oue', isAffordable: false });
    expect(page?.ranking.filter(({ isAffordable }) => isAffordable).every((one) => one.reportBytes <= 16)).toBe(true);
    const { out } = await run(save('bytes.json', registry), '--metric', 'page', '--bytes', '16');
    expect(out).toContain('oue, which is declared (*), takes more bytes than that.');
  });

  it('answers without a registry as with one', async () => {
    const all = await advised(save('same.json', registry));
    const same = async (id: string, ...options: string[]) => {
      const of = all.find(({ metric }) => metric.startsWith(`${id}:`));
      const [one] = await advised(...options, '--clients', '100000');
      expect(one?.ranking, id).toEqual(of?.ranking);
    };
    await same('crashed', '--kind', 'boolean', '--epsilon', '1');
    await same('site', '--kind', 'category', '--values', '1024', '--epsilon', '1');
    await same('tabs', '--kind', 'count', '--clamp', '50', '--epsilon', '1');
    await same('paint', '--kind', 'timing', '--buckets', '64', '--epsilon', '1');
    const stages = ['--epsilon', '1', '--epsilon-infinity', '2', '--reports', '2'];
    await same('theme', '--kind', 'category', '--values', '1024', ...stages);
    const [text] = await advised('--kind', 'text', '--epsilon', '1', '--clients', '100000', '--bytes', '9');
    expect(text?.ranking[0]).toMatchObject({ mechanism: 'one-time-rappor', options: { bits: 64, hashes: 1 } });
    const [histogram] = await advised('--kind', 'timing', '--buckets', '40', ...stages, '--clients', '1000');
    expect(histogram).toMatchObject({ question: 'shares', ranking: [{ mechanism: 'loloha' }, {}, {}, {}] });
  });

  it('says so where no mechanism answers', async () => {
    const stages = ['--epsilon', '1', '--epsilon-infinity', '1', '--reports', '2', '--clients', '1000'];
    const { code, out } = await run('--kind', 'text', ...stages);
    expect([code, out.endsWith('\n  Nothing answers this.\n')]).toEqual([0, true]);
  });

  it('answers what it does not understand with the usage', async () => {
    const file = save('usage.json', registry);
    const epsilon = ['--epsilon', '1', '--clients', '1000'];
    for (const [args, said] of [
      [[], '--kind boolean | category'],
      [['--kind', 'colour', ...epsilon], '--kind boolean | category'],
      [['--kind', 'category', ...epsilon], '--values is needed'],
      [['--kind', 'boolean', '--clients', '1000'], '--epsilon is needed'],
      [['--kind', 'boolean', '--epsilon', '-1', '--clients', '1000'], 'Usage:'],
      [['--kind', 'boolean', '--epsilon', 'one', '--clients', '1000'], '--epsilon is a number above 0'],
      [['--kind', 'boolean', '--epsilon', '99', '--clients', '1000'], 'epsilon-out-of-range'],
      [['--kind', 'boolean', '--metric', 'site', ...epsilon], '--metric is one of a file'],
      [[file, '--metric', 'sight'], 'the registry has no metric sight'],
      [[file, '--epsilon', '1'], 'a registry says itself what --epsilon would'],
      [[file, file], 'advise takes 1 file(s)'],
    ] as const) {
      const { code, err } = await run(...args);
      expect(code, args.join(' ')).toBe(2);
      expect(err).toContain(said);
      expect(err).toContain('Usage:');
    }
  });

  it('is a command like the others', async () => {
    const fixture = fileURLToPath(new URL('./fixtures/browser.registry.ts', import.meta.url));
    const { code, out } = await run(fixture, '--metric', 'theme');
    expect([code, out.split('\n').length]).toEqual([0, 14]);
  });
});

describe('docs/choosing-a-mechanism.md', () => {
  const page = readFileSync(new URL('../../../docs/choosing-a-mechanism.md', import.meta.url), 'utf8');

  it('shows what is printed', async () => {
    const [, command = ''] = /registry advise (--kind .*)\n/.exec(page) ?? [];
    expect(page).toContain(`\n\`\`\`\n${(await run(...command.split(' '))).out}\`\`\`\n`);
  });

  it('has the smallest shares seen', async () => {
    for (const epsilon of ['0.5', '1', '2', '4']) {
      const ofKind = ['--kind', 'category', '--values', '1023', '--epsilon', epsilon];
      const seen = ['10000', '100000', '1000000'].map(async (clients) => {
        const [one] = await advised(...ofKind, '--clients', clients);
        return formatShare(one?.ranking[0]?.detectionLimit ?? 0);
      });
      expect(page).toContain(`| ${[epsilon, ...(await Promise.all(seen))].join(' | ')} |`);
    }
  });
});

describe('check', () => {
  it('warns of what the same ranking calls clearly better, and tells all that is told', () => {
    const warnings = assess(registry, TODAY).warnings.filter(({ code }) => code.startsWith('better-'));
    expect(warnings.map(({ code, where }) => [code, where])).toEqual([
      ['better-mechanism', 'clicks'],
      ['better-mechanism', 'paint'],
      ['better-shape', 'signature'],
      ['better-mechanism', 'site'],
      ['better-mechanism', 'theme'],
    ]);
    expect(warnings.find(({ where }) => where === 'site')?.message).toBe(
      'at this number of installations local-hashing would have 90% less error, in 1 byte(s) a report (see advise)',
    );
  });
});
