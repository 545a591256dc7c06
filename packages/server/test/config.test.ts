import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.js';

describe('readConfig', () => {
  it('has a default for all but the registry', () => {
    expect(readConfig(['--registry', 'a.json', '--registry', 'b.json'], {})).toEqual({
      registry: ['a.json', 'b.json'],
      db: 'dither.db',
      host: '127.0.0.1',
      port: 8787,
      rateLimit: 600,
      trustedProxy: [],
      allowOrigin: [],
      switchOff: [],
      log: 'info',
    });
  });

  it('takes a flag before the environment, and the environment before the default', () => {
    const environment = {
      DITHER_REGISTRY: 'a.json,b.json',
      DITHER_PORT: '1',
      DITHER_DB: 'e.db',
      DITHER_RATE_LIMIT: 'off',
    };
    expect(readConfig(['--port', '2'], environment)).toMatchObject({
      registry: ['a.json', 'b.json'],
      port: 2,
      db: 'e.db',
      rateLimit: false,
    });
  });

  it('takes lists from repeated flags, or from a variable with commas; an empty variable is not set', () => {
    const origins = ['https://a.example', 'http://localhost:5173'];
    const flags = ['--registry', 'a', ...origins.flatMap((origin) => ['--allow-origin', origin]), '--switch-off', 'o'];
    expect(readConfig(flags, {})).toMatchObject({ allowOrigin: origins, switchOff: ['o'] });
    const environment = {
      DITHER_REGISTRY: 'a',
      DITHER_ALLOW_ORIGIN: origins.join(','),
      DITHER_SWITCH_OFF: 'o,p',
      DITHER_TRUSTED_PROXY: '',
    };
    expect(readConfig([], environment)).toMatchObject({
      allowOrigin: origins,
      switchOff: ['o', 'p'],
      trustedProxy: [],
    });
  });

  it.each([
    '*',
    'https://a.example',
    'https://a.example:8443',
    'http://[::1]:3000',
    'capacitor://localhost',
    'chrome-extension://abcdefgh',
  ])('takes %s for an origin', (origin) => {
    expect(readConfig(['--registry', 'a', '--allow-origin', origin], {})?.allowOrigin).toEqual([origin]);
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
  ])('does not take "%s" for an origin', (origin) => {
    expect(() => readConfig(['--registry', 'a', '--allow-origin', origin], {})).toThrow('--allow-origin');
  });

  it.each([
    [[], {}, 'registry'],
    [['--registry', 'a', '--port', '70000'], {}, 'port'],
    [['--registry', 'a', '--port', 'http'], {}, 'port'],
    [['--registry', 'a'], { DITHER_LOG: 'loud' }, 'log'],
    [['--registry', 'a', '--rate-limit', '0'], {}, '--rate-limit'],
    [['--registry', 'a', '--verbose'], {}, '--verbose'],
    [['--registry', 'a', 'extra'], {}, 'extra'],
    [['--registry', 'a'], { DITHER_PORT: '70000' }, '--port'],
  ])('names what is wrong in %j %j', (args, environment, named) => {
    expect(() => readConfig(args, environment)).toThrow(ConfigError);
    expect(() => readConfig(args, environment)).toThrow(named);
  });

  it('returns nothing when only help is asked for', () => {
    expect(readConfig(['--help'], {})).toBeUndefined();
  });
});
