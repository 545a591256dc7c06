import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_SOCKET_PATH, socketOf } from '../src/config/socket-path.js';
import { readConfig, settingNames, variableOf } from '../src/config.js';
import { ConfigError } from '../src/errors.js';
import { temporaryFolder, testApp } from './fixture.js';

function settingsFile(text: string): string {
  const path = join(temporaryFolder(), 'server.json');
  writeFileSync(path, text);
  return path;
}

async function complaintOf(...given: Parameters<typeof readConfig>): Promise<string> {
  const error = await readConfig(...given).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

describe('readConfig', () => {
  it('has a default for everything', async () => {
    const { config, sources } = await readConfig({}, {});
    expect(config).toEqual({
      registry: [],
      db: 'dither.db',
      host: '127.0.0.1',
      port: 8787,
      adminSocket: 'dither.db.sock',
      rateLimit: 600,
      trustedProxy: [],
      allowOrigin: [],
      switchOff: [],
      retentionDays: 400,
      nonceMemory: 64 * 2 ** 20,
      log: 'info',
    });
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });

  it('takes a flag before the variable, the variable before the file, and the file before the default', async () => {
    const file = settingsFile('{ "port": 3, "db": "f.db",\n  "host": "::1", "retentionDays": "off" }');
    const environment = { DITHER_CONFIG: file, DITHER_PORT: '2', DITHER_DB: 'e.db' };
    const { config, sources } = await readConfig({ port: '1' }, environment);
    expect(config).toMatchObject({ port: 1, db: 'e.db', host: '::1', retentionDays: false, log: 'info' });
    expect(sources).toMatchObject({
      port: '--port',
      db: 'DITHER_DB',
      host: `${file}:2:3: host`,
      log: 'default',
    });
  });

  it('takes the file of the flag before that of the variable', async () => {
    const [ours, theirs] = [settingsFile('{"port":1}'), settingsFile('{"port":2}')];
    expect((await readConfig({ config: ours }, { DITHER_CONFIG: theirs })).config.port).toBe(1);
  });

  it('takes lists from flags, from a variable with commas and from a list in the file; an empty variable is not set', async () => {
    const origins = ['https://a.example', 'http://localhost:5173'];
    expect((await readConfig({ allowOrigin: origins }, {})).config.allowOrigin).toEqual(origins);
    const environment = { DITHER_ALLOW_ORIGIN: origins.join(','), DITHER_SWITCH_OFF: 'o,p', DITHER_TRUSTED_PROXY: '' };
    expect((await readConfig({}, environment)).config).toMatchObject({
      allowOrigin: origins,
      switchOff: ['o', 'p'],
      trustedProxy: [],
    });
    const config = settingsFile(JSON.stringify({ registry: ['a.json', 'b.json'] }));
    expect((await readConfig({ config }, {})).config.registry).toEqual(['a.json', 'b.json']);
  });

  it.each([
    ['67108864', 2 ** 26],
    ['1GiB', 2 ** 30],
    ['2048KiB', 2 ** 21],
  ])('reads %s as a number of bytes', async (text, bytes) => {
    expect((await readConfig({ nonceMemory: text }, {})).config.nonceMemory).toBe(bytes);
  });

  it.each([
    '*',
    'https://a.example',
    'https://a.example:8443',
    'http://[::1]:3000',
    'capacitor://localhost',
    'chrome-extension://abcdefgh',
  ])('takes %s for an origin', async (origin) => {
    expect((await readConfig({ allowOrigin: [origin] }, {})).config.allowOrigin).toEqual([origin]);
  });

  it.each([
    '',
    'null',
    'a.example',
    'https://a.example/',
    'https://a.example:443',
    'https://A.example',
    'https://*.example',
    'https://a.example/path',
    'https://me@a.example',
    'capacitor://localhost/',
    'data:text/plain,x',
  ])('does not take "%s" for an origin', async (origin) => {
    expect(await complaintOf({ allowOrigin: ['https://b.example', origin] }, {})).toContain(
      `--allow-origin: ${JSON.stringify(origin)} is not an origin`,
    );
  });

  const networks = ['10.0.0.0/8', '10.0.0.1/1', '10.0.0.1/32', '10.0.0.0/08', 'fd00::/8', '::/1', '::1/128'];
  it.each(['loopback', 'linklocal', 'uniquelocal', '10.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', ...networks])(
    'takes %s for a proxy, and so does what serves',
    async (network) => {
      expect((await readConfig({ trustedProxy: [network] }, {})).config.trustedProxy).toEqual([network]);
      await testApp({ trustedProxies: [network] });
    },
  );

  it.each([
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '::/129',
    '',
    '0.0.0.0/0',
    '10.0.0.1/0',
    '10.0.0.1/00',
    '::/0',
    '10.0.0.1/',
  ])('does not take "%s" for a proxy', async (network) => {
    expect(await complaintOf({ trustedProxy: ['10.0.0.1', network] }, {})).toContain(
      `--trusted-proxy: ${JSON.stringify(network)} is not an address, a network as 10.0.0.0/8 but not /0`,
    );
  });

  it.each([
    [{ port: '70000' }, {}, '--port: "70000" is not a whole number from 0 to 65535'],
    [{ port: 'http' }, {}, '--port: "http" is not'],
    [{ port: '0x50' }, {}, '--port: "0x50" is not'],
    [{ port: '' }, {}, '--port: "" is not'],
    [{ db: '' }, {}, '--db: "" is not a file'],
    [{}, { DITHER_PORT: '70000' }, 'DITHER_PORT: "70000" is not a whole number from 0 to 65535'],
    [{}, { DITHER_LOG: 'loud' }, 'DITHER_LOG: "loud" is not off, error, warn or info'],
    [{ rateLimit: '0' }, {}, '--rate-limit: "0" is not off, or a whole number from 1'],
    [{ retentionDays: '7' }, {}, '--retention-days: "7" is not off, or a whole number from 64'],
    [{ nonceMemory: '96MB' }, {}, '--nonce-memory: "96MB" is not a number of bytes'],
    [{ nonceMemory: '1KiB' }, {}, '--nonce-memory: "1KiB" is not a number of bytes from 1048576'],
    [{}, { DITHER_PROT: '1', HOME: '/root' }, 'DITHER_PROT: there is no such setting'],
  ])('names what is wrong in %j %j, where it was said, and what is allowed', async (flags, environment, expected) => {
    expect(await complaintOf(flags, environment)).toContain(expected);
  });

  it('says the place of what is wrong in a file, and everything at once', async () => {
    const config = settingsFile('{\n  "port": "x",\n  "prot": 1,\n  "registry": "a.json",\n  "rateLimit": true\n}\n');
    expect((await complaintOf({ config }, { DITHER_LOG: 'loud' })).split('\n')).toEqual([
      `${config}:3:3: prot: there is no such setting`,
      `${config}:4:3: registry: "a.json" is not a list of files`,
      `${config}:2:3: port: "x" is not a whole number from 0 to 65535`,
      `${config}:5:3: rateLimit: true is not off, or a whole number from 1`,
      'DITHER_LOG: "loud" is not off, error, warn or info',
    ]);
  });

  it.each([
    ['[]', 'settings are an object'],
    ['{"port":1', ':1:10: it is not JSON'],
    ['{"port":1,"port":2}', ':1:11: it is not JSON: this key is given twice'],
    ['{"__proto__":1}', '__proto__: there is no such setting'],
  ])('refuses a file of %s', async (text, expected) => {
    const config = settingsFile(text);
    const complaint = await complaintOf({ config }, {});
    expect(complaint).toContain(config);
    expect(complaint).toContain(expected);
  });

  it('names a file that is not there', async () => {
    expect(await complaintOf({ config: '/nowhere.json' }, {})).toContain(
      '/nowhere.json: the settings cannot be read (ENOENT)',
    );
  });

  it('refuses a socket whose path no system takes, also where it follows from the database', async () => {
    const long = 'x'.repeat(MAX_SOCKET_PATH + 1);
    expect(await complaintOf({ adminSocket: long }, {})).toContain('--admin-socket: "xxx');
    expect(await complaintOf({ db: long }, {})).toContain('the default of --admin-socket');
    expect((await readConfig({ db: long, adminSocket: 'off' }, {})).config.adminSocket).toBe(false);
    expect((await readConfig({ adminSocket: long.slice(1) }, {})).config.adminSocket).toHaveLength(MAX_SOCKET_PATH);
  });

  it('has one variable for every setting', () => {
    expect(new Set(settingNames.map(variableOf)).size).toBe(settingNames.length);
    expect(variableOf('adminSocket')).toBe('DITHER_ADMIN_SOCKET');
  });

  it('names a pipe after the database on Windows', () => {
    expect(socketOf('a.db', 'win32')).toMatch(/^\\\\\.\\pipe\\dither-[0-9a-f]{32}$/);
    expect(socketOf('a.db', 'win32')).toBe(socketOf('./a.db', 'win32'));
    expect(socketOf('a.db', 'linux')).toBe('a.db.sock');
  });
});
