import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from '@dither/mechanisms/catalogue';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as oue from '@dither/mechanisms/oue';
import * as rappor from '@dither/mechanisms/rappor';
import { category, type Registry, registryToText, text } from '@dither/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRegistry } from '../src/cli/describe-registry.js';
import { likelier, outOf, sure } from '../src/cli/odds.js';
import type { Table } from '../src/cli/page.js';
import { toHtml } from '../src/cli/page-html.js';
import { toMarkdown } from '../src/cli/page-markdown.js';
import { runCli } from '../src/cli/run.js';
import { about, registryOf, yesNo } from './declare.js';
import { registry as browser } from './fixtures/browser.registry.js';
import { registry as mechanisms } from './fixtures/mechanisms.registry.js';

const untyped = (registry: unknown) => registry as Registry;
const fixtures = [untyped(browser), untyped(mechanisms)];
const markdown = (registry: unknown) => toMarkdown(describeRegistry(untyped(registry)));
const html = (registry: unknown) => toHtml(describeRegistry(untyped(registry)));

/** What the page says of one metric. */
function section(page: string, id: string): string {
  return page.split(/^##+ /m).find((part) => part.startsWith(`${id}\n`)) ?? '';
}

function tableOf(registry: Registry): Table {
  const tables = describeRegistry(registry).blocks.flatMap((block) => ('table' in block ? [block.table] : []));
  expect(tables).toHaveLength(1);
  return tables[0] as Table;
}

describe('the page "what is sent"', () => {
  it('says of every metric of every mechanism all there is to say', () => {
    const seen = new Set<string>();
    for (const registry of fixtures) {
      const page = markdown(registry);
      for (const metric of registry.wire) {
        seen.add(metric.params.mechanism);
        const said = section(page, metric.id);
        expect(said).toContain(metric.description);
        for (const term of ['What for', 'Who answers for it', 'What is asked', 'What your device keeps']) {
          expect(said).toContain(`- **${term}:** `);
        }
        expect(said).toContain(`Epsilon ${metric.microEpsilon / 1e6}: whatever your device answers`);
        expect(said).toContain('After 2030-12-31 (UTC)');
        expect(said.includes('What your device stores')).toBe(metric.latch !== undefined);
      }
      expect(page).not.toMatch(/undefined|NaN|\[object|Infinity/);
    }
    expect([...seen].sort()).toEqual([...catalogue.keys()].sort());
  });

  it('tells the odds of a yes or no, and how many answers are wrong', () => {
    const said = section(markdown(browser), 'dark-mode');
    expect(said).toContain('that answer is at most 2.72 times likelier under one truth than under any other');
    expect(said).toContain('at most 73.2% sure of one');
    expect(said).toContain('about 27 of 100 are the opposite of the truth');
    expect(said).toContain('whether it happened at least once');
  });

  it('tells of a latched metric what is stored and what all reports of an epoch say together', () => {
    const page = markdown(browser);
    const said = section(page, 'homepage');
    expect(said).toContain(
      'Once in each span of 56 days the answer is changed at random, and what comes out is stored',
    );
    expect(said).toContain('**What all 2 reports of 56 days tell together:** Epsilon 0.902924');
    expect(said).toContain('no more than epsilon 1.5');
    expect(page).toContain('Which reports on homepage come from one device');
    expect(section(markdown(mechanisms), 'd-bit-flip')).toContain('repeats what is stored');
    expect(markdown(registryOf({ m: yesNo }))).not.toMatch(/span|stored answers/);
  });

  it('says where reports are as good as an identifier', () => {
    const homepage = (epsilonFirst: number) =>
      text({
        ...about,
        period: 1,
        mechanism: rappor.client,
        latch: { epsilonFirst, epsilonInfinity: 2, epoch: 28 },
      });
    expect(markdown(registryOf({ homepage: homepage(0.5) }))).toContain('as surely as an identifier would');
    expect(markdown(browser)).toContain('not surely, but better than chance');
  });

  it('names the parts of the sum, which add up to the bound', () => {
    for (const registry of [...fixtures, untyped(registryOf({ a: yesNo, b: yesNo }))]) {
      const { rows, foot } = tableOf(registry);
      const micro = rows.map(([, epsilon]) => Math.round(Number(epsilon) * 1e6));
      expect(micro.reduce((sum, charge) => sum + charge, 0) / 1e6).toBe(registry.bound.perWindow);
      expect(foot[1]).toBe(String(registry.bound.perWindow));
      const page = markdown(registry);
      expect(page).toContain(
        `epsilon ${registry.bound.perWindow} in any ${registry.bound.windowDays} days, and epsilon ${registry.bound.lifetime} in its life`,
      );
      for (const { id } of registry.wire) expect(rows.map(([ids]) => ids).join(', ')).toContain(id);
    }
  });

  it('says that questions are drawn where they are, and of those alone', () => {
    const page = markdown(browser);
    expect(page).toContain('drawn by lot among page-load, tabs-opened, theme | 4 |');
    expect(section(page, 'theme')).toContain('your device had drawn this question');
    expect(section(page, 'crashed')).not.toContain('drawn');
    const whole = markdown(registryOf({ m: yesNo }, { participation: 'sampled' }));
    expect(whole).not.toMatch(/drawn (by lot|this question)|by lot/);
  });

  it('says what becomes of Global Privacy Control', () => {
    const plain = markdown(registryOf({ m: yesNo }));
    expect(plain).toContain('Global Privacy Control, that counts as no: the server refuses');
    const granted = markdown(registryOf({ m: yesNo }, { gpc: 'explicit-grant' }));
    expect(granted).toContain('counts as no, until you agree in the app after being told of it');
    expect(granted).not.toContain('the server refuses');
  });

  it('gives the reason of an epsilon above the usual', () => {
    const m = { ...yesNo, epsilon: 5, reason: 'Because of this.' };
    expect(section(markdown(registryOf({ m })), 'm')).toContain('**Why it tells more than usual:** Because of this.');
  });

  it('lists values up to a number that can be read', () => {
    const values = Array.from({ length: 300 }, (_, i) => `v${i}`);
    const declare = (n: number) =>
      registryOf({ m: category({ ...about, values: values.slice(0, n), mechanism: oue.client }) });
    expect(section(markdown(declare(3)), 'm')).toContain('"v0", "v1", "v2"; or "none"');
    expect(section(markdown(declare(300)), 'm')).toContain('"v19" and 280 more, which the registry file lists');
  });

  it('names whoever answers for a metric, each once', () => {
    const owners = registryOf({ a: yesNo, b: { ...yesNo, owner: 'another@example.org' }, c: yesNo });
    expect(markdown(owners)).toContain('Questions are answered by: another@example.org, team@example.org.');
  });

  it('is the same for the module and for its JSON, each time', async () => {
    const fixture = fileURLToPath(new URL('./fixtures/browser.registry.ts', import.meta.url));
    const folder = mkdtempSync(join(tmpdir(), 'dither-describe-'));
    try {
      const json = join(folder, 'registry.json');
      writeFileSync(json, registryToText(untyped(browser)));
      const run = async (...args: string[]) => {
        const out: string[] = [];
        const print = (line: string) => out.push(line);
        expect(await runCli(['describe', ...args], { today: 20_000, print, printError: print })).toBe(0);
        return out.join('');
      };
      expect(await run(fixture)).toBe(markdown(browser));
      expect(await run(json)).toBe(markdown(browser));
      expect(await run(json, '--html')).toBe(html(browser));
      expect(await run(json, '--out', join(folder, 'sent.md'))).toBe('');
      expect(readFileSync(join(folder, 'sent.md'), 'utf8')).toBe(markdown(browser));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('odds in words', () => {
  it('are never below what epsilon allows, and hardly above', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 13_000_000 }), (micro) => {
        const epsilon = micro / 1e6;
        const factor = Number(/at most ([\d.,]+) times/.exec(likelier(epsilon))?.[1]?.replaceAll(',', ''));
        expect(factor).toBeGreaterThanOrEqual(Math.exp(epsilon));
        expect(factor).toBeLessThanOrEqual(Math.exp(epsilon) * 1.011);
        const share = Number(/([\d.]+)%/.exec(sure(epsilon))?.[1] ?? 100) / 100;
        expect(share).toBeGreaterThanOrEqual(1 / (1 + Math.exp(-epsilon)) - 1e-12);
      }),
    );
  });

  it('say so where a factor limits nothing', () => {
    expect(likelier(104)).toContain('a factor of up to 46 digits');
    expect(sure(8)).toBe('all but sure');
  });

  it('count wrong answers in numbers one can picture', () => {
    expect([outOf(0.2689), outOf(0.0067), outOf(0.0000454)]).toEqual([
      'about 27 of 100',
      'about 67 of 10,000',
      'about 45 of 1,000,000',
    ]);
  });
});

/** What a text could try: markup, HTML, tables, line breaks, marks of direction. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '[click](javascript:alert(1)) ![x](http://example.org/x)',
  '**bold** _it_ ~~no~~ `code` $x$',
  'a | b\n\n# Heading\n\n- item\n\n---\n\n```\n<b>',
  '&lt;script&gt; &copy;',
  '# no heading',
  '- no item',
  '1. no item',
  '> no quote',
  'one\u2028two\u202ethree\u0000',
  '</style></title><!-- ',
];

const hostile = (words: string) =>
  registryOf({
    m: category({ ...about, description: words, purpose: words, owner: words, values: [words], mechanism: oue.client }),
    other: { ...yesNo, epsilon: 5, reason: words },
    stored: category({
      ...about,
      values: [words],
      mechanism: lGrr.client,
      latch: { epsilonFirst: 0.1, epsilonInfinity: 0.2, epoch: 56 },
    }),
  });

describe('the words of a registry', () => {
  it('are no markup in the Markdown page', () => {
    const lines = (page: string) =>
      page.split('\n').map((line) => /^(#+ |- |\| |> |```|\d+[.)] )?/.exec(line)?.[0] ?? '');
    const shape = lines(markdown(hostile('harmless')));
    for (const words of HOSTILE) {
      const page = markdown(hostile(words));
      expect(lines(page)).toEqual(shape);
      expect(page).not.toMatch(/[<>]/);
      expect(page).not.toMatch(/&(?!amp;|lt;|gt;)/);
      const own = page.replace(/^- \*\*[^*]+:\*\*|\*\*(All together|[\d.]+)\*\*|^#+ |^\|.*$/gm, '');
      expect(own.replace(/\\[\\`*_[\]#|~$.)+=-]/g, '')).not.toMatch(/[\\`*_[\]#|~$]/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
      expect(page).not.toMatch(/[\u2028\u202e\u0000]/);
    }
  });

  it('are no markup in the HTML page', () => {
    const tags = (page: string) => page.match(/<[^>]*>/g);
    const shape = tags(html(hostile('harmless')));
    for (const words of HOSTILE) {
      const page = html(hostile(words));
      expect(tags(page)).toEqual(shape);
      expect(page).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
    }
    expect(html(hostile(HOSTILE[0] as string))).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });
});

describe('the HTML page', () => {
  it('needs no other file and runs nothing', () => {
    const page = html(browser);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|<img|src=|href=|url\(|@import/);
  });

  it('closes what it opens, names its language, and has one heading of each rank above the next', () => {
    const page = html(mechanisms);
    const open: string[] = [];
    for (const [, slash, tag = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)/g)) {
      if (tag === 'meta') continue;
      if (slash === '') open.push(tag);
      else expect(open.pop()).toBe(tag);
    }
    expect(open).toEqual([]);
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    const ranks = [...page.matchAll(/<h(\d)>/g)].map(([, rank]) => Number(rank));
    expect(ranks.filter((rank) => rank === 1)).toHaveLength(1);
    for (const [i, rank] of ranks.entries()) expect(rank).toBeLessThanOrEqual((ranks[i - 1] ?? 0) + 1);
    expect(page).toMatch(/<th scope="col">[\s\S]*<th scope="row">/);
  });
});
