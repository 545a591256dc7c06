import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registryToText } from '@dither/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commands } from '../src/cli/commands.js';
import { aboutSetting, flagOf, settingNames } from '../src/config.js';
import { registry, temporaryFolder } from './fixture.js';
import { runCommand, runHere } from './server-process.js';

function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('dither-server', () => {
  it('explains itself: every command, and every setting', async () => {
    const { code, output } = await runHere('--help');
    expect(code).toBe(0);
    for (const name of [...Object.keys(commands), ...settingNames.map(flagOf), '--config']) {
      expect(output).toContain(`  ${name} `);
    }
    expect((await runHere('help')).output).toBe(output);
  });

  it('explains each command, with what it takes', async () => {
    for (const [name, load] of Object.entries(commands)) {
      const { meta, operands, options, settings } = await load();
      expect(meta.name).toBe(name);
      const { output } = await runHere(...name.split(' '), '--help');
      expect(output).toMatch(new RegExp(`^dither-server ${name}`));
      for (const part of [...Object.keys(operands), ...Object.keys(options).map((option) => `--${option}`)]) {
        expect(output).toContain(`  ${part}`);
      }
      for (const setting of settings) expect(output).toContain(`  ${flagOf(setting)} `);
    }
  });

  it('says in one line what is wrong with its settings, its registry or its database', async () => {
    const db = join(temporaryFolder(), 'a.db');
    const good = file('registry.json', registryToText(registry));
    const off = file('off.json', JSON.stringify({ app: registry.app, off: ['nothing'], until: 1 }));
    const edited = file('edited.json', registryToText(registry).replace('"period":7', '"period":1'));
    for (const [args, expected, status] of [
      [['--port', 'x'], '--port', 2],
      [['--registry', '/nowhere.json', '--db', db], '/nowhere.json', 2],
      [['--registry', edited, '--db', db], 'fingerprint-mismatch', 2],
      [['--registry', good, '--allow-origin', 'a.example'], '--allow-origin', 2],
      [['--registry', good, '--db', db, '--switch-off', good], `${good}: switch-off-invalid`, 2],
      [['--registry', good, '--db', db, '--switch-off', off], `${off}: switch-off-unknown-metric`, 2],
      [['--registry', good, '--db', good], 'storage-foreign', 1],
      [['--registry', good, '--db', db, '--host', '192.0.2.1'], 'EADDRNOTAVAIL', 1],
      [['--registry', good, '--db', db, '--admin-socket', good], `socket-taken: ${good} is no socket`, 1],
      [['--db', db, '--admin-socket', join(temporaryFolder(), 'none', 'a')], 'socket-unreachable', 1],
    ] as const) {
      // No database is opened where a setting is wrong.
      const { code, errors } = await (status === 2 && !(args as readonly string[]).includes(off)
        ? runHere(...args)
        : runCommand(args));
      expect({ args, code }).toEqual({ args, code: status });
      expect(errors).toMatch(/^dither-server: .*\n$/);
      expect(errors).toContain(expected);
    }
  });

  it('says in one line what is wrong with a command line', async () => {
    for (const [args, expected] of [
      [['sevre'], 'there is no command "sevre"; there are: serve, config check,'],
      [['registry'], 'there are: registry add, registry diff, registry list\n'],
      [['registry', 'drop'], 'there are: registry add,'],
      [['extra', '--port', '0'], 'there is no command "extra"'],
      [['serve', 'extra'], 'serve: there is no place for "extra"; see dither-server serve --help'],
      [['--verbose'], 'serve: there is no --verbose here'],
      [['-v'], 'serve: there is no -v here'],
      [['--port'], 'serve: --port takes a value'],
      [['--db', '--port', '0'], 'serve: --db takes a value'],
      [['--port', '1', '--port', '2'], 'serve: --port is given twice'],
      [['status', '--port', '0'], 'status: there is no --port here'],
      [['status', '--json=yes'], 'status: --json takes no value'],
      [['backup'], 'backup: FILE is missing'],
      [['token', 'create', 'me', '--scopes', 'read,all'], '--scopes: "all" is not one of read, candidates'],
      [['registry', 'add', '/nowhere.json'], '/nowhere.json: file-unreadable'],
    ] as const) {
      const { code, output, errors } = await runHere(...args);
      expect({ args, code, output }).toEqual({ args, code: 2, output: '' });
      expect(errors).toMatch(/^dither-server: .*\n$/);
      expect(errors).toContain(expected);
    }
  });

  it('makes no file where one is only asked for', async () => {
    const db = join(temporaryFolder(), 'a.db');
    for (const command of ['status', 'token list', 'key list', 'registry list', 'token revoke x', 'key revoke x']) {
      const { code, errors } = await runHere(...command.split(' '), '--db', db);
      expect(code).toBe(1);
      expect(errors).toBe(`dither-server: no-database: no server answers, and there is no ${db}\n`);
    }
    expect(existsSync(db)).toBe(false);
  });

  it('prints the settings that hold, with their sources, as JSON', async () => {
    const path = file('registry.json', registryToText(registry));
    const config = file('server.json', '{"rateLimit":"off"}');
    const { code, output, errors } = await runHere('config', 'check', '--config', config, '--registry', path);
    expect(code).toBe(0);
    expect(errors).toBe(`registry ${registry.fingerprint} of ${registry.app}: in order\n`);
    const settings = JSON.parse(output);
    expect(Object.keys(settings)).toEqual(settingNames);
    expect(settings).toMatchObject({
      registry: { value: [path], source: '--registry' },
      rateLimit: { value: 'off', source: `${config}:1:2: rateLimit` },
      adminSocket: { value: 'dither.db.sock', source: 'default' },
    });
    // What it prints is what can be given.
    const again = file('again.json', JSON.stringify(valuesOf(settings)));
    const { output: same } = await runHere('config', 'check', '--config', again);
    expect(valuesOf(JSON.parse(same))).toEqual(valuesOf(settings));
  });

  it('prints no setting that is marked as a secret, neither what holds nor what is wrong', async () => {
    const host = aboutSetting('host') as { isSecret?: boolean };
    host.isSecret = true;
    onTestFinished(() => {
      delete host.isSecret;
    });
    const { output } = await runHere('config', 'check', '--host', 'hunter2.example');
    expect(JSON.parse(output)).toMatchObject({ host: { value: '(secret)', source: '--host' } });
    expect(output).not.toContain('hunter2');
    const config = file('server.json', '{"host":["hunter2.example"]}');
    const { code, errors } = await runHere('config', 'check', '--config', config);
    expect(code).toBe(2);
    expect(errors).toContain('host: it is not an address');
    expect(errors).not.toContain('hunter2');
  });

  it('finds in config check a registry that cannot be read', async () => {
    const path = file('registry.json', '{}');
    const { code, errors } = await runHere('config', 'check', '--registry', path);
    expect(code).toBe(2);
    expect(errors).toContain(path);
  });

  it('says what to do where no SQLite binary fits the platform', async () => {
    // As the driver does there: it throws when it is imported.
    const hooks = `export const resolve = (name, context, next) => name === '@photostructure/sqlite'
      ? { url: 'data:text/javascript,throw new Error("No native build was found")', shortCircuit: true }
      : next(name, context);`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
    const path = file('registry.json', registryToText(registry));
    const { code, errors } = await runCommand(
      ['--registry', path, '--db', join(temporaryFolder(), 'a.db')],
      ['--import', dataUrl(register)],
    );
    expect(code).toBe(1);
    expect(errors).toContain('storage-driver-missing');
    expect(errors).toContain('npm rebuild @photostructure/sqlite');
  });
});

function valuesOf(settings: { readonly [name: string]: { readonly value: unknown } }): object {
  return Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value]));
}

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}
