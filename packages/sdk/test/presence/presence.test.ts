import { type Metric, parseReports } from '@dither/protocol';
import { boolean, type DeclaredRegistry, defineRegistry, text } from '@dither/sdk';
import { rr } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, MINUTE, MORNING, SECOND } from '../support/installation.js';
import { texts, traced } from '../support/latched.js';
import { look } from '../support/look.js';
import { reportsIn } from '../support/receiver.js';
import { about, crashOnly, everyAggregate, twoDaily } from '../support/registry.js';

/** A client that takes any id and value, as a program without types would use it. */
interface AnyClient {
  record(id: string, value?: unknown): void;
  flushNow(): void;
}

/** What a person does to the app in one visit; `visit` counts them. */
type Habit = (client: AnyClient, visit: number) => void;

const habits: Readonly<Record<string, Habit>> = {
  'nothing at all': () => undefined,
  'one event of each kind in the first visit': (client, visit) => {
    if (visit > 0) return;
    client.record('crash');
    client.record('memory', 12);
    client.record('pick', 'a');
    client.record('theme', 'dark');
  },
  'many events': (client, visit) => {
    for (let i = 0; i < 30; i++) client.record('clicks', visit);
    for (let i = 0; i < 30; i++) client.record('slowest', i * 100);
    client.record('theme', 'light');
  },
  'crashes in every other visit': (client, visit) => {
    client.record('last-paint', 250);
    if (visit % 2 === 0) {
      client.record('crash');
      client.flushNow();
    }
  },
  'nothing but mistakes': (client) => {
    for (const id of ['crash', 'clicks', 'nope']) client.record(id, 'wrong');
  },
};

/** Number, sizes, windows and times of the messages of three irregular weeks, killed as often as closed. */
async function observe<R extends DeclaredRegistry>(registry: R, habit: Habit): Promise<readonly unknown[]> {
  const installation = await agreed(registry, MORNING, { seed: 'observed' });
  let visit = 0;
  for (let day = 0; day < 21; day++) {
    if (day % 5 === 3) continue;
    for (const hour of day % 3 === 0 ? [0, 5] : [2]) {
      const { client, time } = await installation.start(MORNING + day * DAY + hour * HOUR);
      habit(client as unknown as AnyClient, visit++);
      await time.advance(visit % 4 === 0 ? 30 * SECOND : 3 * HOUR);
      if (visit % 3 !== 0) await client.stop();
    }
  }
  return installation.messages.map(({ at, bytes }) => ({
    at,
    size: bytes.length,
    reports: parseReports(bytes, registry).map(({ index, window }) => [index, window]),
  }));
}

describe('whether, when and how much an installation sends', () => {
  const nothing = observe(everyAggregate, habits['nothing at all'] as Habit);

  it('is something, for the comparison to be worth it', async () => {
    expect((await nothing).length).toBeGreaterThan(12);
  });

  it.each(Object.keys(habits))('is the same whatever happens: %s', async (name) => {
    expect(await observe(everyAggregate, habits[name] as Habit)).toEqual(await nothing);
  });

  it('would be seen to tell, if a mechanism skipped a value', async () => {
    const skipping: typeof rr = {
      ...rr,
      randomize(params, value, source) {
        if (value === 1) throw new Error('nothing to see here');
        return rr.randomize(params, value, source);
      },
    };
    const leaky = defineRegistry({
      app: 'org.example.leaky',
      expectedClients: 1,
      budget: { perWindow: 100, lifetime: 1000 },
      metrics: { crash: boolean({ ...about, mechanism: skipping }), other: boolean({ ...about, mechanism: rr }) },
    });
    const quiet = await observe(leaky, () => undefined);
    expect(await observe(leaky, (client) => client.record('other'))).toEqual(quiet);
    expect(await observe(leaky, (client) => client.record('crash'))).not.toEqual(quiet);
  });

  it('is the same for an event between midnight and the next look at the clock', async () => {
    const windowsOf = async (hasEvent: boolean) => {
      const midnight = 20_441 * DAY;
      const installation = await agreed(crashOnly, midnight - 30 * SECOND, { seed: 'no tick at midnight' });
      const { client, time } = await installation.start(midnight - 20 * SECOND);
      await time.advance(25 * SECOND);
      if (hasEvent) {
        client.record('crash');
        client.flushNow();
        client.record('crash');
      }
      await time.advance(10 * SECOND);
      // Killed before a tick; not seen again for a week.
      for (const day of [7, 8]) {
        const later = await installation.start(MORNING + day * DAY);
        await later.time.advance(7 * HOUR);
        await later.client.stop();
      }
      return reportsIn(installation.messages, crashOnly).map(({ window }) => window);
    };
    const withoutEvent = await windowsOf(false);
    expect(withoutEvent).toEqual([20_440, 20_447]);
    expect(await windowsOf(true)).toEqual(withoutEvent);
  });
});

const textHabits: Readonly<Record<string, Habit>> = {
  'a text in the first visit': (client, visit) => {
    if (visit === 0) client.record('homepage', 'a.example');
  },
  'a text in the last visits alone': (client, visit) => {
    if (visit > 12) client.record('homepage', 'z.example');
  },
  'another one in each': (client, visit) => {
    for (const id of ['homepage', 'search', 'signature']) client.record(id, `${'世'.repeat(visit)} ${visit}`);
  },
  'crashes with a trace that is too long': (client, visit) => {
    client.record('signature', `${visit}${'x'.repeat(10_000)}`);
    client.flushNow();
  },
  'nothing but mistakes': (client) => {
    for (const id of ['homepage', 'search', 'signature']) for (const value of ['', 7, null]) client.record(id, value);
  },
};

describe('whether, when and how much is sent of texts, latched ones among them', () => {
  const nothing = observe(texts, () => undefined);

  it.each(Object.keys(textHabits))('is the same whatever they say: %s', async (name) => {
    expect((await nothing).length).toBeGreaterThan(12);
    expect(await observe(texts, textHabits[name] as Habit)).toEqual(await nothing);
  });

  it('would be seen to tell, if an epoch without an event were not latched', async () => {
    const latch = { epsilonFirst: 0.1, epsilonInfinity: 1, epoch: 14 };
    const skipping: typeof traced = {
      ...traced,
      latch(params, value, draw, source) {
        if (value === '') throw new Error('nothing to latch');
        return traced.latch(params, value, draw, source);
      },
    };
    const leaky = defineRegistry({
      app: 'org.example.leaky',
      expectedClients: 1,
      budget: { perWindow: 100, lifetime: 1000 },
      metrics: { homepage: text({ ...about, mechanism: skipping, latch }) },
    });
    const always: Habit = (client) => client.record('homepage', 'a.example');
    expect(await observe(leaky, () => undefined)).not.toEqual(await observe(leaky, always));
  });
});

describe('every metric', () => {
  it('reports also when nothing happened', async () => {
    const installation = await agreed(everyAggregate, MORNING, { seed: 'quiet' });
    const { client, time } = await installation.start(MORNING + DAY);
    await time.advance(7 * HOUR);
    await client.stop();
    const reports = reportsIn(installation.messages, everyAggregate);
    expect(reports.map(({ metric }) => metric)).toEqual(everyAggregate.wire.map(({ id }) => id));
  });

  it('says nothing of periods in which the app did not run', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'absent' });
    for (const day of [1, 4, 5, 6, 12, 40]) {
      const { client, time } = await installation.start(MORNING + day * DAY);
      await time.advance(2 * MINUTE);
      await client.stop();
    }
    const windows = reportsIn(installation.messages, twoDaily).map(({ window }) => window - 20_440);
    // What was closed on day 12 was too old to be sent on day 40, and day 12 itself to be reported.
    expect([...new Set(windows)]).toEqual([0, 1, 4, 5]);
  });

  it('is silent from its last day on', async () => {
    const expiring = defineRegistry({
      app: 'org.example.expiring',
      expectedClients: 1,
      metrics: {
        old: boolean({ ...about, mechanism: rr, epsilon: 0.1, expires: '2025-12-19' }),
        young: boolean({ ...about, mechanism: rr, epsilon: 0.1 }),
      },
    });
    const installation = await agreed(expiring, MORNING, { seed: 'expiring' });
    for (let day = 1; day < 6; day++) {
      const { client, time } = await installation.start(MORNING + day * DAY);
      client.record('old');
      await time.advance(2 * MINUTE);
      expect((await look(client)).drops).toEqual(day < 2 ? {} : { inactive: 1 });
      await client.stop();
    }
    const reports = reportsIn(installation.messages, expiring);
    const windowsOf = (id: string) =>
      reports.filter(({ metric }) => metric === id).map(({ window }) => window - 20_440);
    expect(windowsOf('old')).toEqual([0, 1]);
    expect(windowsOf('young')).toEqual([0, 1, 2, 3]);
    expect(expiring.wire.map((metric: Metric) => metric.expiryDay)).toContain(20_442);
  });
});
