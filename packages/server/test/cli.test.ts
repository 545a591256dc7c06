import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registryToText } from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { registry, temporaryFolder } from './fixture.js';

const CLI = fileURLToPath(new URL('../bin/dither-server.js', import.meta.url));

function run(args: readonly string[], nodeArgs: readonly string[] = []) {
  return new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    const child = execFile(process.execPath, [...nodeArgs, CLI, ...args], (_error, output, errors) => {
      resolve({ code: child.exitCode, output, errors });
    });
  });
}

function registryFile(text: string): string {
  const path = join(temporaryFolder(), 'registry.json');
  writeFileSync(path, text);
  return path;
}

describe('dither-server', () => {
  it('explains itself', async () => {
    const { code, output } = await run(['--help']);
    expect(code).toBe(0);
    expect(output).toContain('--registry');
  });

  it('says in one line what is wrong with its settings, its registry or its database', async () => {
    const db = join(temporaryFolder(), 'a.db');
    const good = registryFile(registryToText(registry));
    const off = join(temporaryFolder(), 'off.json');
    writeFileSync(off, JSON.stringify({ app: registry.app, off: ['nothing'], until: 1 }));
    const edited = registryFile(registryToText(registry).replace('"period":7', '"period":1'));
    for (const [args, expected, status] of [
      [[], 'name at least one registry file', 2],
      [['--registry', good, '--port', 'x'], '--port', 2],
      [['--registry', '/nowhere.json', '--db', db], '/nowhere.json', 2],
      [['--registry', edited, '--db', db], 'fingerprint-mismatch', 2],
      [['--registry', good, '--allow-origin', 'a.example'], '--allow-origin', 2],
      [['--registry', good, '--db', db, '--switch-off', good], `${good}: switch-off-invalid`, 2],
      [['--registry', good, '--db', db, '--switch-off', off], `${off}: switch-off-unknown-metric`, 2],
      [['--registry', good, '--db', good], 'storage-foreign', 1],
      [['--registry', good, '--db', db, '--host', '192.0.2.1'], 'EADDRNOTAVAIL', 1],
    ] as const) {
      const { code, errors } = await run(args);
      expect(code).toBe(status);
      expect(errors).toMatch(/^dither-server: .*\n$/);
      expect(errors).toContain(expected);
    }
  });

  it('says what to do where no SQLite binary fits the platform', async () => {
    // As the driver does there: it throws when it is imported.
    const hooks = `export const resolve = (name, context, next) => name === '@photostructure/sqlite'
      ? { url: 'data:text/javascript,throw new Error("No native build was found")', shortCircuit: true }
      : next(name, context);`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
    const path = registryFile(registryToText(registry));
    const { code, errors } = await run(
      ['--registry', path, '--db', join(temporaryFolder(), 'a.db')],
      ['--import', dataUrl(register)],
    );
    expect(code).toBe(1);
    expect(errors).toContain('storage-driver-missing');
    expect(errors).toContain('npm rebuild @photostructure/sqlite');
  });
});

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}
