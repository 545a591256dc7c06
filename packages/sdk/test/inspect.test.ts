import { boolean, defineRegistry } from '@dither/sdk';
import { toJson } from '@dither/sdk/inspect';
import { rr } from '@dither/sdk/mechanisms';
import { type TestApp, testApp } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { about, crashOnly } from './support/registry.js';

const DAY = 86_400_000;

describe('inspect', () => {
  it('says of each metric that is silent why', async () => {
    const registry = defineRegistry({
      app: 'org.example.silent',
      expectedClients: 1000,
      participation: 'sampled',
      budget: { perWindow: 28 },
      metrics: {
        gone: boolean({ ...about, mechanism: rr, epsilon: 0.25, expires: '2020-01-01' }),
        one: boolean({ ...about, mechanism: rr, epsilon: 1 }),
        two: boolean({ ...about, mechanism: rr, epsilon: 1 }),
      },
    });
    const app = await testApp({ registry });
    const { silent, reporting } = await app.inspect();
    expect(silent['gone']).toBe('inactive');
    expect(new Set([...reporting, ...Object.keys(silent)])).toEqual(new Set(['gone', 'one', 'two']));
    expect(Object.entries(silent).filter(([id]) => id !== 'gone')).toEqual([[expect.any(String), 'not-drawn']]);
  });

  it.each([
    [
      'delivered',
      (id: string) => ({ status: 200, contentType: 'application/json', body: JSON.stringify({ batch: id }) }),
    ],
    ['refused', () => ({ status: 422, contentType: 'application/problem+json', body: '{"code":"day-out-of-range"}' })],
    ['waiting', () => ({ status: 200, contentType: 'text/html', body: '<h1>Please log in</h1>' })],
  ] as const)('keeps every message that left in sight: %s', async (state, answer) => {
    const app = await testApp({ registry: crashOnly, respond: ({ id }) => answer(id) });
    await app.endPeriod();
    const [message] = (await app.inspect()).messages;
    expect(message).toMatchObject({ id: app.sent[0]?.id, state, reports: [{ metric: 'crash', epsilon: 10 }] });
    expect(message?.bytes).toEqual(app.sent[0]?.bytes);
    expect(message?.tries).toBe(app.sent.filter(({ id }) => id === message?.id).length);
    expect(message?.sent).toBe(app.sent.filter(({ id }) => id === message?.id).at(-1)?.at);
  });

  it('shows what came too late, if it may have left', async () => {
    const app = await testApp({
      registry: crashOnly,
      respond: () => {
        throw new Error('cut');
      },
    });
    await app.endPeriod();
    const [first] = app.sent;
    await app.time.advance(9 * DAY);
    const { messages, drops } = await app.inspect();
    expect(messages.find(({ id }) => id === first?.id)).toMatchObject({ state: 'too-old', bytes: first?.bytes });
    expect(drops['too-old']).toBeGreaterThan(0);
  });

  it('forgets what was sent more than 90 days ago, and all of it at withdrawal', async () => {
    const app = await testApp({ registry: crashOnly });
    await app.endPeriod();
    const { id } = app.sent[0] as (typeof app.sent)[number];
    const isShown = async (): Promise<boolean> => (await app.inspect()).messages.some((message) => message.id === id);
    await later(app, 88);
    expect(await isShown()).toBe(true);
    await later(app, 4);
    expect(await isShown()).toBe(false);
    expect((await app.inspect()).messages.length).toBeGreaterThan(0);
    await app.client.consent.withdraw();
    expect((await app.inspect()).messages).toEqual([]);
  });

  it('says what is left of what the person agreed to', async () => {
    const app = await testApp({ registry: crashOnly });
    const before = await app.inspect();
    expect(before.left).toEqual({ inWindow: before.bound.perWindow, inLifetime: before.bound.lifetime });
    await app.endPeriod();
    const { left, spent } = await app.inspect();
    expect(left.inWindow).toBe(before.bound.perWindow - spent.inWindow);
    expect(spent.inWindow).toBeGreaterThan(0);
  });

  it('can be kept as JSON, bytes in hexadecimal', async () => {
    const app = await testApp({ registry: crashOnly });
    await app.endPeriod();
    const kept = JSON.parse(toJson(await app.inspect())) as { messages: { bytes: string }[] };
    expect(kept.messages[0]?.bytes).toBe(Buffer.from(app.sent[0]?.bytes ?? []).toString('hex'));
  });
});

/** So many days, with a visit of two minutes on each: what was closed on the day before is sent. */
async function later(app: Pick<TestApp<never>, 'time' | 'restart'>, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    await app.time.advance(120_000);
    app.time.setWall(app.time.clock.wall() + DAY - 120_000);
    await app.restart();
  }
}
