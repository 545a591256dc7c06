import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { catalogue } from '@dither/mechanisms/catalogue';
import * as oue from '@dither/mechanisms/oue';
import {
  category,
  chargePerWindow,
  drawMetrics,
  drawParticipation,
  paramsToJson,
  type Registry,
  registryToText,
} from '@dither/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolvedModule } from '../src/cli/resolved-module.js';
import { runCli } from '../src/cli/run.js';
import { about, registryOf, yesNo } from './declare.js';
import { registry as browser } from './fixtures/browser.registry.js';
import { registry as mechanisms } from './fixtures/mechanisms.registry.js';
import { seeded } from './seeded.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const fixtures: readonly Registry[] = [browser, mechanisms] as readonly unknown[] as readonly Registry[];

const typescript = (registry: unknown, name = 'registry') =>
  resolvedModule(registry as Registry, {
    language: 'ts',
    source: './registry.ts',
    declared: { module: './registry.js', name },
  });

/** Names by the module they are imported from. */
function importsOf(text: string): { readonly [from: string]: readonly string[] } {
  return Object.fromEntries(
    [...text.matchAll(/^import \{([^}]*)\} from '([^']+)';$/gm)].map(([, names = '', from = '']) => [
      from,
      names.split(',').flatMap((name) => name.trim() || []),
    ]),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: what a text evaluates to
type Evaluated = any;

/** What the module gives to `resolvedRegistry`: imported names stand for themselves, calls for name and arguments. */
function evaluated(text: string): Evaluated {
  const [, body = ''] = /resolve(?:d|dRegistry)(?:<typeof declared>)?\((\{[\s\S]*\})\);/.exec(text) ?? [];
  const names = Object.values(importsOf(text)).flat();
  const calls = names.filter((name) => body.includes(`${name}(`));
  const scope = Object.fromEntries(
    names.map((name) => [name, calls.includes(name) ? (...given: unknown[]) => [name, ...given] : name]),
  );
  return JSON.parse(JSON.stringify(runInNewContext(`(${body})`, scope)));
}

async function run(...args: string[]) {
  const err: string[] = [];
  const context = {
    today: 20_000,
    print: (text: string) => err.push(text),
    printError: (text: string) => err.push(text),
  };
  return { code: await runCli(['resolve', ...args], context), err: err.join('') };
}

describe('a resolved module', () => {
  it('holds of every metric of every mechanism what a device needs', () => {
    const seen = new Set<string>();
    for (const registry of fixtures) {
      const { app, fingerprint, bound, wire } = evaluated(typescript(registry));
      expect({ app, fingerprint, bound }).toEqual({
        app: registry.app,
        fingerprint: registry.fingerprint,
        bound: registry.bound,
      });
      expect(wire).toHaveLength(registry.wire.length);
      registry.wire.forEach((metric, place) => {
        seen.add(metric.params.mechanism);
        const { id, kind, domain, domainSize, none, period, epoch, expiryDay } = metric;
        const randomizer = metric.params.mechanism.replace(/-./g, (part) => part.slice(1).toUpperCase());
        const params = paramsToJson(metric.params);
        expect(wire[place]).toEqual({
          ...{ id, kind, domain, domainSize, none, period, epoch, expiryDay },
          fingerprint: metric.fingerprint,
          charge: chargePerWindow(metric, registry.budget.windowDays),
          encode: expect.anything(),
          combine: metric.aggregate,
          randomizer,
          params: metric.client.derive === undefined ? params : ['derived', randomizer, params],
          ...(metric.latch === undefined ? {} : { microEpoch: metric.microEpoch }),
        });
      });
    }
    expect([...seen].sort()).toEqual([...catalogue.keys()].sort());
  });

  it('says that the app asks people who sent a privacy signal, if it does', () => {
    const [registry] = fixtures as readonly [Registry, Registry];
    expect(typescript(registry)).not.toContain('gpc');
    expect(typescript({ ...registry, gpc: 'explicit-grant' })).toContain("  gpc: 'explicit-grant',\n");
  });

  it('names the encoder of each kind with its domain', () => {
    const encoders = evaluated(typescript(browser)).wire.map((metric: Evaluated) => [metric.id, metric.encode]);
    expect(Object.fromEntries(encoders)).toMatchObject({
      crashed: 'encodeBoolean',
      theme: ['encodeCategory', ['light', 'dark']],
      'tabs-opened': ['encodeCount', 50],
      memory: ['encodeNumber', browser.metrics.memory.domain.edges],
      'page-load': ['encodeNumber', browser.metrics['page-load'].domain.edges],
      homepage: ['encodeText', 100],
    });
  });

  it('imports what it uses, and nothing else', () => {
    const one = typescript(registryOf({ m: yesNo }));
    expect(importsOf(one)).toEqual({
      '@dither/sdk/randomizers': ['rr'],
      '@dither/sdk/resolved': ['any', 'encodeBoolean', 'resolvedRegistry'],
    });
    for (const registry of fixtures) {
      const text = typescript(registry);
      const [head = '', body = ''] = text.split('\nexport const ');
      for (const name of Object.values(importsOf(head)).flat()) expect(body).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it('has latching, public draws and participation where a metric needs them', () => {
    const has = (registry: unknown) => Object.keys(evaluated(typescript(registry)));
    expect(has(registryOf({ m: yesNo }))).toEqual(['app', 'fingerprint', 'bound', 'wire']);
    expect(has(browser)).toEqual(['app', 'fingerprint', 'bound', 'latching', 'draw', 'wire']);
    expect(has(mechanisms)).toEqual(['app', 'fingerprint', 'bound', 'latching', 'publicDraw', 'wire']);
  });

  it('draws the metrics that its declaration draws', () => {
    const [callee, classes] = evaluated(typescript(browser)).draw;
    expect(callee).toBe('drawing');
    const [a, b] = [seeded(7), seeded(7)];
    for (let i = 0; i < 50; i++) expect(drawMetrics(classes, a)).toEqual(drawParticipation(browser.classes, 28, b));
  });

  it('leaves out words, which are read where the metric is declared', () => {
    const text = typescript(browser);
    for (const word of [about.owner, 'Something a person', 'To decide', '2030-12-31']) expect(text).not.toContain(word);
  });

  it('is the same text each time, and from the exported JSON but for the types', () => {
    for (const registry of fixtures) {
      expect(typescript(registry)).toBe(typescript(registry));
      const plain = resolvedModule(registry, { language: 'ts', source: './registry.ts' });
      expect(plain).toBe(
        typescript(registry)
          .replace('<typeof declared>', '')
          .replace(/^import type .*\n/m, ''),
      );
    }
  });

  it('is laid out as a formatter would', () => {
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    for (const language of ['ts', 'js'] as const) {
      for (const registry of fixtures) {
        const declared = { module: './registry.js', name: 'telemetry' };
        const text = resolvedModule(registry, { language, source: './registry.ts', declared });
        const args = [biome, 'check', '--write', `--stdin-file-path=registry.resolved.${language}`];
        expect(execFileSync(process.execPath, args, { cwd: root, input: text, encoding: 'utf8' })).toBe(text);
      }
    }
  });

  it('takes its types from the declaration, by the name it has there', () => {
    const js = (name: string) =>
      resolvedModule(registryOf({ m: yesNo }) as unknown as Registry, {
        language: 'js',
        source: './registry.ts',
        declared: { module: './registry.js', name },
      });
    const one = registryOf({ m: yesNo });
    expect(typescript(one)).toContain("import type { registry as declared } from './registry.js';");
    expect(typescript(one)).toContain('export const registry = resolvedRegistry<typeof declared>({');
    expect(typescript(one, 'default')).toContain('import type { default as declared }');
    expect(typescript(one, 'default')).toContain('\nexport { registry as default };\n');
    expect(typescript(one, 'any')).toContain('\nexport { registry as any };\n');
    expect(typescript(one, 'declared')).toContain('import type { declared } from');
    expect(typescript(one, "it's")).toContain('export { registry as "it\'s" };');
    expect(js('registry')).toContain("@typedef {typeof import('./registry.js').registry} Declared */");
    expect(js('a */ b')).toContain("@typedef {(typeof import('./registry.js'))['a *\\/ b']} Declared */");
    expect(js('registry')).not.toContain('import type');
  });

  it('quotes whatever a category may be', () => {
    const values = [
      "it's",
      'a "b"',
      `'"'`,
      '\\',
      '\\"',
      `\${x}`,
      '`',
      '*/',
      '</script>',
      'a\nb\u2028c\u202ed',
      '\ud800',
      '👩‍💻',
    ];
    const text = typescript(registryOf({ m: category({ ...about, values, mechanism: oue.client }) }));
    const [metric] = evaluated(text).wire;
    expect(metric.domain.values).toEqual(values);
    expect(metric.encode).toEqual(['encodeCategory', values]);
    expect(text).not.toMatch(/[\u2028\u202e\u200d]/);
  });

  it('keeps the name of the declaration within its comment', () => {
    const source = './a\nprocess.exit();\u2028alert().ts';
    const [first = '', second = ''] = resolvedModule(browser as unknown as Registry, { language: 'ts', source }).split(
      '\n',
    );
    expect(first).toContain('Change ./a\\nprocess.exit();\\u2028alert().ts and run');
    expect(second).toMatch(/^import /);
  });
});

describe('dither-registry resolve', () => {
  /** Inside the package, where imports of a registry are found. */
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(here, '.tmp-'));
    mkdirSync(join(folder, 'generated'));
    const text = readFileSync(join(here, 'fixtures/browser.registry.ts'), 'utf8');
    writeFileSync(join(folder, 'registry.ts'), text);
    writeFileSync(join(folder, 'telemetry.mts'), text.replace('const registry', 'const telemetry'));
    writeFileSync(join(folder, 'registry.json'), registryToText(browser as unknown as Registry));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  const text = (name: string) => readFileSync(at(name), 'utf8');

  it('writes the module, with the declaration found from where it lies', async () => {
    expect(await run(at('registry.ts'), '--out', at('registry.resolved.ts'))).toEqual({ code: 0, err: '' });
    expect(text('registry.resolved.ts')).toBe(typescript(browser));
    await run(at('telemetry.mts'), '--out', at('generated/registry.mjs'));
    expect(text('generated/registry.mjs')).toContain("typeof import('../telemetry.mjs').telemetry}");
    expect(text('generated/registry.mjs')).toContain('Change ../telemetry.mts and run');
    await run(relative(process.cwd(), at('registry.ts')), '--out', at('again.ts'));
    expect(text('again.ts')).toBe(text('registry.resolved.ts'));
    await run(at('registry.json'), '--out', at('untyped.js'));
    expect(text('untyped.js')).not.toMatch(/declared|@type|import type/);
  });

  it('checks that the module is what the declaration resolves to', async () => {
    const check = () => run(at('registry.ts'), '--out', at('checked.ts'), '--check');
    const missing = await check();
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('checked.ts: resolved-stale: ')]);
    await run(at('registry.ts'), '--out', at('checked.ts'));
    expect(await check()).toEqual({ code: 0, err: '' });
    writeFileSync(at('checked.ts'), text('checked.ts').replaceAll('\n', '\r\n'));
    expect(await check()).toEqual({ code: 0, err: '' });
    const stale = text('checked.ts').replace('charge: 1000000', 'charge: 1000001');
    writeFileSync(at('checked.ts'), stale);
    const { code, err } = await check();
    expect(code).toBe(1);
    expect(err).toContain(`run dither-registry resolve ${at('registry.ts')} --out ${at('checked.ts')}`);
    expect(text('checked.ts')).toBe(stale);
  });

  it('writes over no declaration, and to no file that cannot be a module', async () => {
    const usages = [[], ['--out', at('registry.ts')], ['--out', at('resolved.json')], ['--out', at('resolved.d.cts')]];
    for (const args of usages) {
      const { code, err } = await run(at('registry.ts'), ...args);
      expect([code, err]).toEqual([2, expect.stringContaining('--out')]);
    }
    expect((await run(at('registry.ts'), '--out', at('no/such/folder.ts'))).code).toBe(2);
    expect((await run(at('again.ts'), '--out', at('twice.ts'))).code).not.toBe(0);
  });
});
