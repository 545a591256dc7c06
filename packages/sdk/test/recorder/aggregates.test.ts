import { describe, expect, it } from 'vitest';
import { type AnyInstallation, install, MORNING, SECOND } from '../support/installation.js';
import { look } from '../support/look.js';
import { everyAggregate } from '../support/registry.js';

/** What the open period holds, by metric, as the person sees it. */
async function openValues(installation: AnyInstallation, at: number): Promise<Record<string, string>> {
  const { client } = await installation.start(at);
  const { open } = await look(client);
  return Object.fromEntries(open.map(({ metric, value }) => [metric, value]));
}

const TIMES = [40, 900, 7, 3000, 12, 80, 2, 500, 33, 150];

/** Ten runs in one period: each records, some are stopped and some killed, one writes a crash note. */
async function tenRuns(): Promise<AnyInstallation> {
  const installation = install(everyAggregate, { seed: 'ten-runs' });
  for (const [i, milliseconds] of TIMES.entries()) {
    const { client, time } = await installation.start(MORNING + i * 600 * SECOND);
    if (i === 0) await client.consent.grant();
    if (i === 4) client.record('crash');
    client.record('clicks', i);
    client.record('theme', i % 2 === 0 ? 'dark' : 'light');
    client.record('first-paint', milliseconds);
    client.record('last-paint', milliseconds);
    client.record('slowest', milliseconds);
    if (i % 3 === 0) await client.stop();
    else if (i % 3 === 1) await time.advance(SECOND);
    else client.flushNow();
  }
  return installation;
}

describe('the value of a period over ten restarts', () => {
  it('sums counts, remembers that something happened, and keeps the last, the first and the largest', async () => {
    const values = await openValues(await tenRuns(), MORNING + 7000 * SECOND);
    expect(values).toMatchObject({ crash: 'yes', clicks: '45', theme: 'light' });
    expect(values['first-paint']).toBe('31.62 to 56.23');
    expect(values['last-paint']).toBe('100 to 177.8');
    expect(values['slowest']).toBe('1778 to 3162');
    expect(values).toMatchObject({ memory: 'nothing yet', pick: 'nothing yet' });
  });

  it('clamps a sum at its clamp', async () => {
    const installation = install(everyAggregate, { seed: 'clamp' });
    for (let i = 0; i < 3; i++) {
      const { client } = await installation.start(MORNING + i * SECOND);
      if (i === 0) await client.consent.grant();
      for (let j = 0; j < 10; j++) client.record('clicks', 7);
      await client.stop();
    }
    expect((await openValues(installation, MORNING + 60 * SECOND))['clicks']).toBe('50');
  });

  it('keeps the order of two crash notes that no run has merged in between', async () => {
    const installation = install(everyAggregate, { seed: 'two-notes' });
    const { client } = await installation.start(MORNING);
    await client.consent.grant();
    for (const theme of ['light', 'dark', 'system'] as const) {
      client.record('theme', theme);
      client.record('first-paint', theme === 'light' ? 5 : 5000);
      client.flushNow();
    }
    const values = await openValues(installation, MORNING + SECOND);
    expect(values['theme']).toBe('system');
    expect(values['first-paint']).toBe('3.162 to 5.623');
  });

  it('starts anew in the next period', async () => {
    const installation = await tenRuns();
    const { client } = await installation.start(MORNING + 24 * 3600 * SECOND);
    const { open } = await look(client);
    expect(open.filter(({ start }) => start === 20_441).map(({ value }) => value)).toEqual(
      Array.from({ length: 8 }, () => 'nothing yet'),
    );
    expect(open.filter(({ start }) => start === 20_440)).toEqual([]);
  });
});
