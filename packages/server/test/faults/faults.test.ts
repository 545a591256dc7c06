import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixture.js';
import { type Fault, openFaults } from './faults.js';
import { NEEDS_SHIM, shim } from './shim.js';

const WRITER = `
  const { closeSync, fsyncSync, ftruncateSync, openSync, unlinkSync, writeSync } = require('node:fs');
  const file = openSync('a.db', 'w+');
  const write = (text) => writeSync(file, text, null);
  const sync = () => fsyncSync(file);`;

/** Runs a script that writes to `a.db`, under one fault. */
function run(script: string, fault: Omit<Fault, 'path'>) {
  const folder = temporaryFolder();
  const faults = openFaults(join(temporaryFolder(), 'faults'));
  faults.set({ path: 'a.db', ...fault });
  const { stdout, stderr, signal } = spawnSync(process.execPath, ['-e', `${WRITER}\n${script}`], {
    cwd: folder,
    env: { ...process.env, ...faults.environment },
    encoding: 'utf8',
  });
  return {
    faults,
    folder,
    stdout,
    stderr,
    signal,
    done: faults.done(0),
    text: () => readFileSync(join(folder, 'a.db'), 'utf8'),
  };
}

describe.runIf(shim)(`a fault${NEEDS_SHIM}`, () => {
  it('fails the calls it is for, from the first on, as often as it was told', () => {
    const { stdout, done } = run(
      `for (let i = 0; i < 5; i++) try { write('ab'); console.log(i); } catch ({ code }) { console.log(code); }`,
      { calls: ['write'], action: 'fail', error: 'ENOSPC', first: 2, times: 2 },
    );
    expect(stdout.trim().split('\n')).toEqual(['0', 'ENOSPC', 'ENOSPC', '3', '4']);
    expect(done).toBe(2);
  });

  it('fails a sync', () => {
    const { stderr, done } = run('sync()', { calls: ['sync'], action: 'fail', error: 'EIO' });
    expect(stderr).toContain('EIO');
    expect(done).toBe(1);
  });

  it('makes a write short', () => {
    // Node writes the rest.
    const { done, text } = run(`write('abcd')`, { calls: ['write'], action: 'shorten', bytes: 3 });
    expect([done, text()]).toEqual([2, 'abcd']);
  });

  it('kills before, after or in a write', () => {
    const texts = (['kill-before', 'kill-after', 'tear'] as const).map((action) => {
      const { signal, text } = run(`write('ab'); write('cd'); write('ef')`, { calls: ['write'], action, first: 2 });
      expect(signal).toBe('SIGKILL');
      return text();
    });
    expect(texts).toEqual(['ab', 'abcd', 'abc']);
  });

  it('makes a sync slow', () => {
    const { stdout, done } = run(`const start = performance.now(); sync(); console.log(performance.now() - start);`, {
      calls: ['sync'],
      action: 'delay',
      milliseconds: 50,
    });
    expect(Number(stdout)).toBeGreaterThanOrEqual(50);
    expect(done).toBe(1);
  });

  it('keeps what is cut off and what is removed', () => {
    const { faults } = run(`write('abcd'); ftruncateSync(file, 3); unlinkSync(require('node:path').resolve('a.db'))`, {
      calls: ['truncate', 'unlink'],
      action: 'keep',
    });
    expect(faults.kept().map(String).sort()).toEqual(['abc', 'd']);
  });

  it('takes back what was not synced', () => {
    const { faults, folder, text } = run(
      `write('abcdef'); sync(); writeSync(file, 'XY', 2); ftruncateSync(file, 5); writeSync(file, 'Z', 9)`,
      { calls: ['write', 'truncate', 'sync'], action: 'undo' },
    );
    expect(text()).toBe('abXYe\0\0\0\0Z');
    faults.powerCut(folder);
    expect(text()).toBe('abcdef');
  });

  it('moves the time of day', () => {
    const faults = openFaults(join(temporaryFolder(), 'faults'));
    faults.moveClock(-86_400_000);
    const { stdout } = spawnSync(process.execPath, ['-e', 'console.log(Date.now())'], {
      env: { ...process.env, ...faults.environment },
      encoding: 'utf8',
    });
    expect(Math.abs(Date.now() - 86_400_000 - Number(stdout))).toBeLessThan(60_000);
  });
});
