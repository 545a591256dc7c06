import { testApp } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { crashOnly, everyAggregate } from './support/registry.js';

describe('the test kit', () => {
  it('shows what was recorded, ends a period, and shows what a server would have got', async () => {
    const app = await testApp({ registry: crashOnly });
    expect(await app.recorded()).toEqual({ crash: 'nothing yet' });
    app.client.record('crash');
    expect(await app.recorded()).toEqual({ crash: 'yes' });
    const today = Math.floor(app.time.clock.wall() / 86_400_000);
    await app.endPeriod('crash');
    expect(app.sent).toHaveLength(1);
    expect(app.sent[0]?.reports).toEqual([{ metric: 'crash', window: today, bytes: expect.any(Uint8Array) }]);
    expect((await app.inspect()).messages).toMatchObject([{ id: app.sent[0]?.id, state: 'delivered' }]);
  });

  it('ends the longest period of all metrics unless one is named', async () => {
    const app = await testApp({ registry: everyAggregate });
    const longest = Math.max(...everyAggregate.wire.map(({ period }) => period));
    const windows = new Set<number>();
    await app.endPeriod();
    for (const { reports } of app.sent) for (const { window } of reports) windows.add(window);
    expect(windows.size).toBeGreaterThanOrEqual(1);
    expect(new Set(app.sent.flatMap(({ reports }) => reports.map(({ metric }) => metric)))).toEqual(
      new Set(everyAggregate.wire.map(({ id }) => id)),
    );
    expect(longest).toBeGreaterThanOrEqual(1);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const bytesOf = async (seed: string): Promise<string> => {
      const app = await testApp({ registry: crashOnly, seed });
      await app.endPeriod();
      return String(app.sent[0]?.bytes);
    };
    expect(await bytesOf('a')).toBe(await bytesOf('a'));
    expect(await bytesOf('a')).not.toBe(await bytesOf('b'));
  });

  it('keeps what was written when the app is killed, and loses the last second', async () => {
    const app = await testApp({ registry: crashOnly });
    app.client.record('crash');
    await app.restart({ isKilled: true });
    expect(await app.recorded()).toEqual({ crash: 'nothing yet' });
    app.client.record('crash');
    await app.time.advance(1000);
    await app.restart({ isKilled: true });
    expect(await app.recorded()).toEqual({ crash: 'yes' });
  });

  it('answers as told, and shows each try', async () => {
    let isBusy = true;
    const app = await testApp({
      registry: crashOnly,
      respond: ({ id }) =>
        isBusy
          ? { status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable"}' }
          : { status: 200, contentType: 'application/json', body: JSON.stringify({ batch: id }) },
    });
    await app.endPeriod();
    const tries = app.sent.length;
    expect(tries).toBeGreaterThan(0);
    isBusy = false;
    await app.time.advance(86_400_000);
    expect(app.sent.length).toBeGreaterThan(tries);
    expect(new Set(app.sent.filter(({ id }) => id === app.sent[0]?.id).map(({ bytes }) => String(bytes))).size).toBe(1);
  });

  it('asks the person first, if told', async () => {
    const app = await testApp({ registry: crashOnly, isGranted: false });
    app.client.record('crash');
    expect(app.client.consent.status).toBe('unknown');
    await app.endPeriod();
    expect(app.sent).toEqual([]);
  });
});
