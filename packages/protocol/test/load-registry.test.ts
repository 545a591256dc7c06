import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registryToText } from '@dither/protocol';
import { loadRegistry, RegistryFileError } from '@dither/protocol/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JsonSyntaxError, scanJson } from '../src/node/scan-json.js';
import { registry as browser } from './fixtures/browser.registry.js';

const fixture = fileURLToPath(new URL('./fixtures/browser.registry.ts', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

async function thrownBy(path: string): Promise<RegistryFileError> {
  const error: unknown = await loadRegistry(path).catch((reason: unknown) => reason);
  if (error instanceof RegistryFileError) return error;
  throw error;
}

const MODULE = `
import * as rr from '@dither/mechanisms/rr';
import { boolean, defineRegistry } from '@dither/protocol';
const about = { description: 'd', purpose: 'p', owner: 'o', period: 28, expires: '2030-12-31' } as const;
const metrics = {
  one: boolean({ ...about, mechanism: rr.client }),
};
const make = (app: string) => defineRegistry({ app, expectedClients: 10, metrics });
`;

describe('loading a registry', () => {
  /** Inside the package, where imports of a registry are found. */
  let folder = '';
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(here, '.tmp-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives the same from TypeScript, from what it exports and from JavaScript', async () => {
    const text = registryToText(browser);
    expect(registryToText(await loadRegistry(fixture))).toBe(text);
    expect(registryToText(await loadRegistry(write('same.json', text)))).toBe(text);
    const js = write(
      'same.mjs',
      MODULE.replaceAll(' as const', '').replace(': string', '').concat('export const registry = make("js");'),
    );
    expect((await loadRegistry(js)).app).toBe('js');
  });

  it('keeps mechanisms usable: they are the modules of this process', async () => {
    const { metrics } = await loadRegistry(fixture);
    expect(metrics['crashed']?.client).toBe(browser.metrics.crashed.client);
  });

  it('follows imports between files and leaves nothing behind', async () => {
    write('shared.ts', `${MODULE}export { make };`);
    const path = write('split.mts', `import { make } from './shared.ts'; export const registry = make('split');`);
    const temporary = process.env['TMPDIR'];
    const own = mkdtempSync(join(tmpdir(), 'dither-own-'));
    try {
      process.env['TMPDIR'] = own;
      expect((await loadRegistry(path)).app).toBe('split');
      expect(readdirSync(own)).toEqual([]);
    } finally {
      if (temporary === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = temporary;
      rmSync(own, { recursive: true });
    }
  });

  it('takes the only registry under any name, and "registry" among several', async () => {
    const only = write('only.ts', `${MODULE}export const telemetry = make('only'); export const other = 1;`);
    expect((await loadRegistry(only)).app).toBe('only');
    const named = write('named.ts', `${MODULE}export const old = make('old'); export const registry = make('new');`);
    expect((await loadRegistry(named)).app).toBe('new');
  });

  it('says what is wrong with a file that gives none', async () => {
    const cases: [string, string, string][] = [
      ['none.ts', 'export const app = "x";', 'no-registry'],
      ['two.ts', `${MODULE}export const a = make('a'); export const b = make('b');`, 'several-registries'],
      ['resolved.ts', 'export const registry = { app: "x", fingerprint: "f", metrics: [], wire: [] };', 'no-registry'],
      ['registry.yaml', 'app: x', 'file-type-unknown'],
      ['throws.mjs', 'throw new Error("no");', 'module-failed'],
    ];
    for (const [name, text, code] of cases) expect((await thrownBy(write(name, text))).code).toBe(code);
    expect((await thrownBy(join(folder, 'missing.json'))).code).toBe('file-unreadable');
    expect((await thrownBy(folder.concat('.json'))).code).toBe('file-unreadable');
  });

  it('points at the line of TypeScript that esbuild refuses, or that throws', async () => {
    const syntax = await thrownBy(write('syntax.ts', 'const a = 1;\nexport const registry = = 2;\n'));
    expect([syntax.code, syntax.position]).toEqual(['module-failed', { line: 2, column: 25 }]);

    const declared = `${MODULE}export const registry = make('x');`.replace("'2030-12-31'", "'someday'");
    const refused = await thrownBy(write('refused.ts', declared));
    expect([refused.code, refused.position?.line]).toEqual(['expiry-invalid', 8]);
    expect(refused.message).toContain(`${join(folder, 'refused.ts')}:8:`);
    expect(refused.message).toContain('expiry-invalid: one: ');

    const kind = `${MODULE}export const registry = make('x');`.replace('rr.client', '{} as typeof rr.client');
    const unfit = await thrownBy(write('unfit.ts', kind));
    expect([unfit.code, unfit.position?.line]).toEqual(['mechanism-unfit', 6]);
  });

  it('points at the place in JSON that is malformed, or at the metric that is refused', async () => {
    const text = registryToText(browser);
    const comma = await thrownBy(write('comma.json', text.replace('"version": 1,', '"version": 1,,')));
    expect([comma.code, comma.position]).toEqual(['json-malformed', { line: 6, column: 14 }]);

    const period = await thrownBy(write('period.json', text.replace('"period":7', '"period":8')));
    const line = text.split('\n').findIndex((row) => row.includes('"period":7')) + 1;
    expect([period.code, period.position]).toEqual(['period-invalid', { line, column: 3 }]);

    const stale = await thrownBy(write('stale.json', text.replace('100000', '0')));
    expect([stale.code, stale.position]).toEqual(['expected-clients-invalid', { line: 1, column: 1 }]);
  });

  it('says which package to install where esbuild is missing, and still reads JSON', () => {
    const bare = mkdtempSync(join(tmpdir(), 'dither-bare-'));
    try {
      const root = join(bare, 'node_modules', '@dither');
      mkdirSync(join(root, 'protocol'), { recursive: true });
      cpSync(join(here, '..', 'dist'), join(root, 'protocol', 'dist'), { recursive: true });
      cpSync(join(here, '..', 'package.json'), join(root, 'protocol', 'package.json'));
      symlinkSync(join(here, '..', 'node_modules', '@dither', 'mechanisms'), join(root, 'mechanisms'));
      writeFileSync(join(bare, 'registry.json'), registryToText(browser));
      writeFileSync(join(bare, 'registry.ts'), MODULE);
      const script = `
        import { loadRegistry } from '@dither/protocol/node';
        const { app } = await loadRegistry('registry.json');
        const { code, message } = await loadRegistry('registry.ts').catch((error) => error);
        console.log(JSON.stringify({ app, code, message }));`;
      const answer = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: bare,
        encoding: 'utf8',
      });
      const { app, code, message } = JSON.parse(answer);
      expect([app, code]).toEqual(['org.example.browser', 'esbuild-missing']);
      expect(message).toContain('npm install --save-dev esbuild');
    } finally {
      rmSync(bare, { recursive: true });
    }
  });
});

describe('the JSON scanner', () => {
  const scan = (text: string): number | undefined => {
    try {
      scanJson(text, () => undefined);
      return undefined;
    } catch (error) {
      if (error instanceof JsonSyntaxError) return error.offset;
      throw error;
    }
  };
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it('takes what JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (text, indent) => {
        expect(scan(JSON.stringify(JSON.parse(text), null, indent))).toBeUndefined();
      }),
    );
  });

  it('refuses what JSON.parse refuses, and points into the text', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '{', '}', ',', '"', '0', '.', '-', 'e', '\\', '\u0001'),
        (text, at, noise) => {
          const cut = at % (text.length + 1);
          const broken = text.slice(0, cut) + noise + text.slice(cut + 1);
          const offset = scan(broken);
          if (!parses(broken)) expect(offset).toBeDefined();
          if (offset !== undefined) expect(offset).toBeLessThanOrEqual(broken.length);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('refuses a key given twice, at the second', () => {
    expect(scan('{"a": 1, "b": 2, "\\u0061": 3}')).toBe(17);
  });

  it('refuses nesting without end', () => {
    expect(scan('['.repeat(100_000))).toBeDefined();
  });
});
