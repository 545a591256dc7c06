import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Metric } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { declaredPopulation, readEvents, readInstallations, scenario, seededSources } from '@dither/sim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distributions } from '../src/population/distributions.js';
import { readEntry } from '../src/population/entry.js';
import { noFiles } from '../src/population/read.js';
import { small } from './small-registry.js';
import { sim } from './support/in-process.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const START = process.cwd();

function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text.trim());
}

function refuse(path: readonly (string | number)[], expected: string): never {
  throw new Error(`${path.join('.')} ${expected}`);
}

/** As a shell takes them apart: what is in double quotes is one word. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

beforeAll(() => process.chdir(ROOT));
afterAll(() => process.chdir(START));

describe('the README', () => {
  it.each(blocks('sh').flatMap((block) => block.split('\n')))('runs: %s', async (command) => {
    const [program, cli, ...args] = wordsOf(command);
    expect([program, cli]).toEqual(['node', 'packages/sim/dist/cli.js']);
    // A seed, where the line has none: the coverage test is allowed to fail once in a thousand.
    const seed = args.includes('--seed') || args[0] === 'shuffle' ? [] : ['--seed', 'readme'];
    const { code, notes } = await sim(...args, ...seed);
    expect(notes).toBe('');
    expect(code).toBe(0);
  });

  it('shows every distribution as it is written', () => {
    const rows = [...README.matchAll(/^\| `(\w+)` +\| ([\w, ]+?) +\| `(.+)` +\|$/gm)];
    expect(new Set(rows.map(([, name]) => name))).toEqual(new Set([...Object.keys(distributions), 'mixture']));
    for (const [, name = '', kinds, written = ''] of rows) {
      const metric = small.metrics[kinds === 'boolean, category' ? 'used' : 'memory'] as Metric;
      const shares = readEntry(metric, JSON.parse(written), { path: [name], refuse, files: noFiles }, undefined);
      expect(shares).toHaveLength(metric.domainSize);
    }
  });

  it('shows population files, an events file and a table of installations that can be read', async () => {
    const registry = await loadRegistry(scenario('browser').registry);
    expect(blocks('json')).toHaveLength(3);
    for (const population of blocks('json')) {
      const { metrics } = JSON.parse(population) as { metrics: Record<string, unknown> };
      const rest = Object.fromEntries(registry.wire.map(({ id }) => [id, { uniform: {} }]));
      const whole = { metrics: { ...rest, ...metrics } };
      const files = {
        texts: (file: string) => (file === 'signatures.txt' ? ['one.cc:1'] : undefined),
        weights: (file: string) => (file === 'load.csv' ? { value: [[900, 1]], refuse } : undefined),
      };
      expect(declaredPopulation('readme', whole, registry, refuse, files).name).toBe('readme');
    }

    const [events = '', installations = ''] = blocks('csv');
    const options = { source: seededSources('readme')('events'), onBadLine: () => undefined };
    const table = await readEvents('readme', events.split('\n'), registry, options);
    expect(table.clients).toBe(3);
    expect(table.badLines.count).toBe(0);

    const all = await readInstallations('readme', installations.split('\n'), small, () => undefined);
    expect(all.clients).toBe(2);
    expect(all.badLines.count).toBe(0);
  });
});
