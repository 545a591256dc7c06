import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands.js';
import { readConfig } from '../src/config.js';
import { serverPolicy } from '../src/policy.js';
import { instructionsOf } from './dockerfile.js';
import { temporaryFolder } from './fixture.js';

const ANALYZE = '/usr/bin/systemd-analyze';
const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url));

describe('Dockerfile', () => {
  const instructions = instructionsOf(join(DEPLOY, 'Dockerfile'));
  const last = instructions.slice(instructions.map(({ name }) => name).lastIndexOf('FROM'));
  const only = (name: string) => {
    const found = last.filter((instruction) => instruction.name === name);
    expect(found).toHaveLength(1);
    return found[0]?.text ?? '';
  };

  it('pins a major version of Node that the package supports', () => {
    const versions = instructions.filter(({ name }) => name === 'FROM').map(({ text }) => text.split(' ')[0]);
    expect(versions).toEqual(versions.map(() => `node:\${NODE}-slim`));
    expect(Number(/^NODE=(\d+)$/.exec(instructions[0]?.text ?? '')?.[1])).toBeGreaterThanOrEqual(20);
  });

  it('does not run as root', () => {
    expect(only('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('sets what can be set, and writes nowhere but to its volume', async () => {
    const variables = Object.fromEntries(
      only('ENV')
        .split(' ')
        .map((pair) => pair.split('=') as [string, string]),
    );
    const { config } = await readConfig({}, variables);
    expect(dirname(config.db)).toBe(only('VOLUME'));
    expect(dirname(String(config.adminSocket))).toBe(only('VOLUME'));
    expect(only('WORKDIR')).toBe(only('VOLUME'));
    expect(only('EXPOSE')).toBe(String(config.port));
  });

  it('calls commands that there are, and gives its health check the time that it takes', () => {
    const [command = '', ...rest] = JSON.parse(only('HEALTHCHECK').replace(/^.*CMD /, ''));
    expect([command, commands[rest.join(' ')]]).toEqual(['dither-server', expect.any(Function)]);
    expect(JSON.parse(only('ENTRYPOINT'))).toEqual(['dither-server']);
    expect(commands[JSON.parse(only('CMD')).join(' ')]).toBeDefined();
    const timeout = Number(/--timeout=(\d+)s/.exec(only('HEALTHCHECK'))?.[1]);
    expect(1000 * timeout).toBeGreaterThan(serverPolicy.healthMilliseconds);
  });

  it('is built from sources alone', () => {
    const ignored = readFileSync(join(DEPLOY, '..', '.dockerignore'), 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '**/node_modules', '**/dist', '**/*.tsbuildinfo']));
  });
});

describe('dither-server.service', () => {
  const text = readFileSync(join(DEPLOY, 'dither-server.service'), 'utf8');
  const set = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];

  it('gives the server the time to drain, and starts it again unless its settings are wrong', () => {
    expect(1000 * Number(set('TimeoutStopSec'))).toBeGreaterThan(serverPolicy.drainMilliseconds);
    expect(set('Restart')).toBe('on-failure');
    expect(set('RestartPreventExitStatus')).toBe('2');
  });

  it('has settings that are in order, over folders that are its own', async () => {
    expect(set('ExecStart')).toMatch(/ serve --config \/etc\/dither\/server\.json$/);
    const { config } = await readConfig({ config: join(DEPLOY, 'server.json') }, {});
    expect(dirname(config.db)).toBe(`/var/lib/${set('StateDirectory')}`);
    expect(set('WorkingDirectory')).toBe(`/var/lib/${set('StateDirectory')}`);
    expect(dirname(String(config.adminSocket))).toBe(`/run/${set('RuntimeDirectory')}`);
  });

  it.runIf(existsSync(ANALYZE))('is what systemd reads', () => {
    // Of this machine, so that the program is there.
    const unit = join(temporaryFolder(), 'dither-server.service');
    writeFileSync(unit, text.replace('/usr/bin/node', process.execPath));
    const output = execFileSync(ANALYZE, ['verify', unit], { encoding: 'utf8', stdio: 'pipe' });
    expect(output).toBe('');
    const security = execFileSync(ANALYZE, ['security', '--offline=true', unit], { encoding: 'utf8' });
    expect(security).toMatch(/Overall exposure level .* 1\.\d OK/);
  });
});
