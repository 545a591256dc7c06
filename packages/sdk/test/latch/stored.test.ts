import { boolean, defineRegistry, text } from '@dither/sdk';
import { rappor, rr } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import {
  type AnyInstallation,
  agreed,
  DAY,
  HOUR,
  install,
  ledgerIn,
  MINUTE,
  MORNING,
  recordUntyped,
  slowly,
} from '../support/installation.js';
import { readTraced, texts, traced } from '../support/latched.js';
import { look } from '../support/look.js';
import { reportsIn } from '../support/receiver.js';
import { about } from '../support/registry.js';

const FIRST = 20_440;
const registry = defineRegistry({
  app: 'org.example.stored',
  expectedClients: 1000,
  budget: { perWindow: 50, lifetime: 1000 },
  metrics: {
    homepage: text({ ...about, mechanism: rappor, latch: { epsilonFirst: 0.5, epsilonInfinity: 2, epoch: 14 } }),
    crash: boolean({ ...about, mechanism: rr, epsilon: 1 }),
  },
});

const latch = { epsilonFirst: 0.1, epsilonInfinity: 1, epoch: 14 } as const;
const latchedTexts = {
  homepage: text({ ...about, mechanism: traced, latch }),
  search: text({ ...about, mechanism: traced, latch, period: 7 }),
};

type Stored = {
  grants: number;
  draw?: { first: number; until: number; draw: number };
  outputs: { permanent: string; first: number; until: number }[];
};

/** Changes what is stored for latched metrics, as a disk or a person might. */
function spoil({ texts: kept }: AnyInstallation, change: (stored: Stored) => void): void {
  const stored = JSON.parse(kept.get('latch') ?? '') as Stored;
  change(stored);
  kept.set('latch', JSON.stringify(stored));
}

async function visit(installation: AnyInstallation, day: number) {
  const { client, time } = await installation.start(MORNING + day * DAY, { wrap: slowly });
  recordUntyped(client, 'crash');
  await time.advance(7 * HOUR);
  const { drops } = await look(client);
  await client.stop();
  return drops;
}

const daysOf = (installation: AnyInstallation, id: string): readonly number[] =>
  reportsIn(installation.messages, registry)
    .filter(({ metric }) => metric === id)
    .map(({ window }) => window - FIRST);

describe('a stored answer that is of no use', () => {
  const base64url = (bytes: number, fill: number): string => Buffer.alloc(bytes, fill).toString('base64url');
  const length = 1 + 128 / 8;

  it.each<[string, (stored: Stored) => void]>([
    [
      'too short',
      ({ outputs }) =>
        outputs.forEach((output) => {
          output.permanent = base64url(length - 1, 0);
        }),
    ],
    [
      'in a cohort out of range',
      ({ outputs }) =>
        outputs.forEach((output) => {
          output.permanent = base64url(length, 255);
        }),
    ],
    [
      'not base64url',
      ({ outputs }) =>
        outputs.forEach((output) => {
          output.permanent = '!';
        }),
    ],
    [
      'of no day',
      ({ outputs }) =>
        outputs.forEach((output) => {
          output.first = 0.5;
        }),
    ],
    [
      'of an epoch without end',
      ({ outputs }) =>
        outputs.forEach((output) => {
          output.until = null as never;
        }),
    ],
    ['of an earlier consent', (stored) => stored.grants--],
  ])('because it is %s, is lost alone: all else is reported', async (_how, change) => {
    const installation = await agreed(registry, MORNING, { seed: 'of no use' });
    await visit(installation, 1);
    spoil(installation, change);
    const { spent } = ledgerIn(installation.texts);
    for (const day of [2, 3]) expect(await visit(installation, day)).toEqual({ 'latch-lost': 1 });
    expect(daysOf(installation, 'crash')).toEqual([0, 1, 2]);
    expect(daysOf(installation, 'homepage')).toEqual([0]);
    expect(ledgerIn(installation.texts).spent).toBe(spent + 2_000_000);
    for (const day of [14, 15, 16]) await visit(installation, day);
    expect(daysOf(installation, 'homepage')).toEqual([0, 14, 15]);
  });

  it('outlives a second consent, which is no withdrawal', async () => {
    const installation = await agreed(registry, MORNING, { seed: 'second consent' });
    await visit(installation, 1);
    const { client } = await installation.start(MORNING + DAY + 9 * HOUR);
    await client.consent.grant();
    await client.stop();
    await visit(installation, 2);
    expect(daysOf(installation, 'homepage')).toEqual([0, 1]);
  });
});

describe('the stored draw', () => {
  const answersIn = (installation: AnyInstallation) =>
    reportsIn(installation.messages, texts)
      .filter(({ metric }) => metric !== 'signature')
      .map(({ metric, window, bytes }) => ({ metric, day: window - FIRST, draw: readTraced(bytes).draw }));

  it.each([-1, 64, 0.5, '7', null])(
    'is gone if it is %j: what is not latched yet stays silent in its epoch',
    async (draw) => {
      const installation = await agreed(texts, MORNING, { seed: 'bad draw' });
      await visit(installation, 1);
      spoil(installation, (stored) => Object.assign(stored.draw ?? {}, { draw }));
      for (let day = 2; day < 22; day++) await visit(installation, day);
      const searches = answersIn(installation).filter(({ metric }) => metric === 'search');
      expect(searches.map(({ day }) => day)).toEqual([14]);
      const homepages = answersIn(installation).filter(({ metric }) => metric === 'homepage');
      expect(homepages).toHaveLength(21);
    },
  );

  it('is gone with a withdrawal: no epoch shows two', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'withdrawn' });
    await visit(installation, 1);
    const { client } = await installation.start(MORNING + DAY + 8 * HOUR);
    await client.consent.withdraw();
    expect(installation.texts.has('latch')).toBe(false);
    await client.consent.grant();
    await client.stop();
    for (let day = 2; day < 16; day++) await visit(installation, day);
    const first = answersIn(installation).filter(({ day }) => day < 14);
    expect(first.map(({ metric, day }) => [metric, day])).toEqual([['homepage', 0]]);
    expect(answersIn(installation).filter(({ day }) => day === 14)).toHaveLength(1);
  });

  it('outlives a version that knows fewer latched metrics, while a period of its epoch waits', async () => {
    const { homepage } = latchedTexts;
    const [both, one] = [latchedTexts, { homepage }].map((metrics) =>
      defineRegistry({
        app: 'org.example.two',
        expectedClients: 1000,
        budget: { perWindow: 20, lifetime: 1000 },
        metrics: metrics as typeof latchedTexts,
      }),
    ) as [typeof texts, typeof texts];
    const installation = await agreed(both, MORNING + 7 * DAY, { seed: 'fewer' });
    await visit(installation, 8);
    const { receiver } = installation;
    const older = install(one, { seed: 'fewer, too', texts: installation.texts, receiver });
    await (await older.start(MORNING + 14 * DAY)).client.stop();
    await visit(installation, 14.1);
    const answers = reportsIn(installation.messages, both, one)
      .filter(({ window }) => window < FIRST + 14)
      .map(({ metric, bytes }) => [metric, readTraced(bytes).draw] as const);
    expect(new Set(answers.map(([metric]) => metric))).toEqual(new Set(['homepage', 'search']));
    expect(new Set(answers.map(([, draw]) => draw)).size).toBe(1);
  });

  it('shares a batch with no other epoch’s', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'f' });
    const run = await installation.start(MORNING + 6 * DAY);
    await run.client.stop();
    const { time } = await installation.start(MORNING + 7 * DAY);
    for (let half = 0; half < 16; half++) {
      // The device's clock runs at twice the speed of the process's own: both epochs' periods come to be closed at once.
      await time.advance(12 * HOUR);
      time.setWall(time.clock.wall() + 12 * HOUR);
      await time.advance(2 * MINUTE);
    }
    const batches = installation.messages.map((message) =>
      reportsIn([message], texts)
        .filter(({ metric }) => metric !== 'signature')
        .map(({ window }) => Math.floor((window - FIRST) / 14)),
    );
    expect(new Set(batches.flat())).toEqual(new Set([0, 1]));
    for (const epochs of batches) expect(new Set(epochs).size).toBeLessThan(2);
  });
});
