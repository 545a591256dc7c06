import { boolean, defineRegistry } from '@dither/sdk';
import { rr } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, install, MORNING, recordUntyped } from '../support/installation.js';
import { look } from '../support/look.js';
import { about, everyAggregate, nearlyTrue } from '../support/registry.js';

const EVENTS: readonly (readonly [string, unknown])[] = [
  ['crash', undefined],
  ['clicks', 49],
  ['theme', 'system'],
  ['pick', 'c'],
  ['pick', 'a'],
  ['first-paint', 9999],
  ['last-paint', 9999],
  ['slowest', 9999],
  ['memory', 99],
  ['memory', 1],
];

describe('what is stored', () => {
  it('has a length that does not depend on what happened', async () => {
    const lengths = [];
    for (const events of [[], EVENTS, [...EVENTS, ...EVENTS, ...EVENTS]]) {
      const installation = await agreed(everyAggregate, MORNING, { seed: 'length' });
      const { client } = await installation.start(MORNING + HOUR);
      for (const [id, value] of events) recordUntyped(client, id, value);
      await client.stop();
      lengths.push((installation.texts.get('open') as string).length);
    }
    expect(new Set(lengths).size).toBe(1);
  });

  it.each(['{"grants":1,"records":{"crash":[{"start":204', '{}', 'null', '{"grants":1,"records":{"crash":3}}'])(
    'may hold a crash note that nobody can read, and reporting goes on: %s',
    async (note) => {
      const installation = await agreed(everyAggregate, MORNING, { seed: 'cut note' });
      installation.texts.set('note:cut', note);
      const { client, time } = await installation.start(MORNING + DAY);
      await time.advance(7 * HOUR);
      expect(installation.messages).toHaveLength(1);
      expect(installation.texts.has('note:cut')).toBe(false);
      expect((await look(client)).drops).toMatchObject({ 'storage-failed': 1 });
    },
  );
});

describe('inspect', () => {
  it('shows what was noted in a crash that the app survived', async () => {
    const installation = await agreed(everyAggregate, MORNING, { seed: 'inspect' });
    const { client } = await installation.start(MORNING + HOUR);
    client.record('crash');
    client.flushNow();
    client.record('theme', 'dark');
    expect((await look(client)).open).toEqual(
      expect.arrayContaining([
        { metric: 'crash', start: 20_440, value: 'yes' },
        { metric: 'theme', start: 20_440, value: 'dark' },
      ]),
    );
  });
});

describe('a metric that expires within its period', () => {
  // Day 20,440 is 2025-12-18; the period of 28 days that starts on it is the first of the tests.
  const registry = (expires: string) =>
    defineRegistry({
      app: 'org.example.expiring',
      expectedClients: 1000,
      metrics: { old: boolean({ ...about, ...nearlyTrue, epsilon: 5, period: 28, expires, mechanism: rr }) },
    });

  it.each([
    ['2025-12-21', [], 0],
    ['2026-01-13', [], 0],
    ['2026-01-14', ['old'], 1],
  ])('on %s reports %j: a period is opened only if its last day is not after', async (expires, reporting, messages) => {
    const installation = install(registry(expires), { seed: 'expiring' });
    const { client } = await installation.start(MORNING);
    await client.consent.grant();
    client.record('old');
    expect((await look(client)).reporting).toEqual(reporting);
    await client.stop();
    const { time } = await installation.start(MORNING + 28 * DAY);
    await time.advance(7 * HOUR);
    expect(installation.messages).toHaveLength(messages);
  });
});
