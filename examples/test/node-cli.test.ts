import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, dayOf, periodStart } from '@dither/protocol';
import { memoryStorage, type Server, startServer } from '@dither/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../node-cli/src/registry.js';
import { build, folderOf, type Ran, run } from './run.js';

const timeLapse = new URL('children/time-lapse.mjs', import.meta.url).href;

/** The first morning of a period of every metric: 28 days are all of theirs. */
const MORNING = (periodStart(dayOf(Date.now()), 28) + 28) * DAY_MS + 9 * 3_600_000;

describe('the example of a command-line tool', () => {
  let home = '';
  let server: Server;
  let day = 0;

  /** Runs `todo` on that day. */
  function todo(...words: readonly string[]): Promise<Ran> {
    return run('node', [join(folderOf('node-cli'), 'dist/todo.js'), ...words], {
      TODO_HOME: home,
      TODO_ENDPOINT: server.url,
      NODE_OPTIONS: `--import=${timeLapse}`,
      AHEAD: String(MORNING + day * DAY_MS - Date.now()),
      SPEED: '20',
    });
  }

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'dither-todo-'));
    const clock = { now: () => MORNING + day * DAY_MS };
    server = await startServer({ registries: [registry], storage: memoryStorage(), clock, rateLimit: false });
    expect(await build('node-cli')).toMatchObject({ code: 0 });
  });

  afterAll(async () => {
    await server.close();
    // The process that sends may still be at it.
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  });

  it('does its work, and writes nothing of telemetry before it was asked for', async () => {
    await todo('add', 'buy', 'milk');
    await todo('done', '1');
    expect(await todo('list')).toEqual({ code: 0, out: '1. [x] buy milk\n', err: '' });
    const { out } = await todo('telemetry');
    expect(out).toContain('Telemetry is off.');
    expect(out).toContain(`at most epsilon ${registry.bound.perWindow} in 28 days`);
    const written = await readdir(home, { recursive: true, withFileTypes: true });
    expect(written.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(['list.json']);
  });

  it('shows what it recorded, a crash included, which it does not change', async () => {
    expect((await todo('telemetry', 'on')).out).toContain('Telemetry is on.');
    await todo('add', 'call home');
    await todo('add', 'sleep');
    const list = join(home, 'broken.json');
    await writeFile(list, '[{"title":"a secret"}]');
    const crashed = await todo('import', list);
    expect(crashed).toMatchObject({ code: 1, out: '' });
    expect(crashed.err).toContain('TypeError: Cannot read properties of undefined');
    const { out } = await todo('telemetry', 'show');
    expect([...out.matchAll(/until noise is added: (.*)$/gm)].map(([, answer]) => answer)).toEqual([
      'added: 2',
      'crash: yes',
      'crash-signature: TypeError trimmed@todo < importItems@todo < ?@todo',
      expect.stringMatching(/^os: [a-z]+$/),
    ]);
    expect(out).not.toContain('secret');
  });

  it('sends what is due by a process that the first command of a day leaves behind', async () => {
    day = 28;
    expect((await todo('telemetry', 'show')).out).toMatch(/^waiting, made on /m);
    const isDelivered = async () => /^delivered, made on /m.test((await todo('telemetry', 'show')).out);
    const isDeliveredSoon = async () => {
      for (let looks = 0; looks < 20; looks++) if (await isDelivered()) return true;
      return false;
    };
    // On a busy machine such a process may end before it is answered; the one of the next day sends again.
    for (day = 29; day < 34; day++) {
      await todo('list');
      if (await isDeliveredSoon()) break;
    }
    expect(await isDelivered()).toBe(true);
    const estimate = await fetch(`${server.url}/v1/metrics/crash/estimate`);
    expect(await estimate.json()).toMatchObject({ n: 1 });
  });

  it('forgets what it has not sent when it is told to stop', async () => {
    await todo('add', 'one more');
    expect((await todo('telemetry', 'show')).out).toContain('added: 1');
    expect((await todo('telemetry', 'off')).out).toContain('Telemetry is off.');
    expect((await todo('telemetry', 'show')).out).not.toContain('On this machine only');
  });
});
