import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Metric } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { declaredPopulation, readEvents, scenario, seededSources } from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { distributions } from '../src/population/distributions.js';
import { noFiles } from '../src/population/read.js';
import { small } from './small-registry.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

function blocks(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text.trim());
}

function refuse(path: readonly (string | number)[], expected: string): never {
  throw new Error(`${path.join('.')} ${expected}`);
}

describe('the README', () => {
  it.each(blocks('sh').flatMap((block) => block.split('\n')))('runs: %s', (command) => {
    const [program, cli, ...args] = command.split(' ');
    expect([program, cli]).toEqual(['node', 'packages/sim/dist/cli.js']);
    // A seed, where the line has none: the coverage test is allowed to fail once in a thousand.
    const seed = args.includes('--seed') ? [] : ['--seed', 'readme'];
    const { status, stderr } = spawnSync(process.execPath, [`${ROOT}/${cli}`, ...args, ...seed], { cwd: ROOT });
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  });

  it('shows every distribution as it is written', () => {
    const rows = [...README.matchAll(/^\| `(\w+)` +\| ([\w, ]+?) +\| `(.+)` +\|$/gm)];
    expect(new Set(rows.map(([, name]) => name))).toEqual(new Set(Object.keys(distributions)));
    for (const [, name = '', kinds, written = ''] of rows) {
      const metric = small.metrics[kinds === 'boolean, category' ? 'used' : 'memory'] as Metric;
      const entry = JSON.parse(written) as Record<string, unknown>;
      const shares = distributions[name]?.shares(entry[name], metric, { path: [name], refuse, files: noFiles });
      expect(shares).toHaveLength(metric.domainSize);
    }
  });

  it('shows a population file and an events file that can be read', async () => {
    const registry = await loadRegistry(scenario('browser').registry);
    expect(blocks('json')).toHaveLength(2);
    for (const population of blocks('json')) {
      const { metrics } = JSON.parse(population) as { metrics: Record<string, unknown> };
      const rest = Object.fromEntries(registry.wire.map(({ id }) => [id, { uniform: {} }]));
      const whole = { metrics: { ...rest, ...metrics } };
      const files = {
        texts: (file: string) => (file === 'signatures.txt' ? ['one.cc:1'] : undefined),
        weights: () => undefined,
      };
      expect(declaredPopulation('readme', whole, registry, refuse, files).name).toBe('readme');
    }

    const [events = ''] = blocks('csv');
    const options = { source: seededSources('readme')('events'), onBadLine: () => undefined };
    const table = await readEvents('readme', events.split('\n'), registry, options);
    expect(table.clients).toBe(3);
    expect(table.badLines.count).toBe(0);
  });
});
