import { describe, expect, it } from 'vitest';
import {
  type AnyInstallation,
  agreed,
  DAY,
  HOUR,
  ledgerIn,
  MINUTE,
  MORNING,
  recordUntyped,
} from '../support/installation.js';
import { readTraced, texts } from '../support/latched.js';
import { look } from '../support/look.js';
import { reportsIn } from '../support/receiver.js';

const FIRST = 20_440;
const whole = texts.metrics.homepage.microEpoch;

/** Opens the app once a day, on days `from` to `to`, for long enough to send what is late. */
async function live(
  installation: AnyInstallation,
  [from, to]: readonly [from: number, to: number],
  visit: (record: (id: string, value?: unknown) => void, day: number) => void = () => undefined,
): Promise<{ readonly [reason: string]: number | undefined }> {
  let drops: { readonly [reason: string]: number | undefined } = {};
  for (let day = from; day < to; day++) {
    const { client, time } = await installation.start(MORNING + day * DAY);
    visit((id, value) => recordUntyped(client, id, value), day);
    await time.advance(2 * MINUTE);
    ({ drops } = await look(client));
    await client.stop();
  }
  // What is still waiting.
  const { client, time } = await installation.start(MORNING + (to - 1) * DAY + HOUR);
  await time.advance(7 * HOUR);
  await client.stop();
  return drops;
}

/** What reports of a latched metric said, by their period's first day from the beginning on. */
function answersOf({ messages }: AnyInstallation, id: string) {
  return reportsIn(messages, texts)
    .filter(({ metric }) => metric === id)
    .map(({ window, bytes }) => ({ day: window - FIRST, ...readTraced(bytes) }))
    .sort((a, b) => a.day - b.day);
}

function storedIn({ texts: kept }: AnyInstallation): {
  readonly draw?: { readonly first: number };
  readonly outputs: readonly { readonly first: number }[];
} {
  return JSON.parse(kept.get('latch') ?? '{"outputs":[]}');
}

describe('an epoch of a latched metric', () => {
  it('reports one permanent answer, to what the first period held, in every period; and the next epoch another', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'epoch' });
    await live(installation, [0, 29], (record, day) => record('homepage', `${'abc'[day % 3]}.example`));
    const answers = answersOf(installation, 'homepage');
    expect(answers.map(({ day }) => day)).toEqual(Array.from({ length: 28 }, (_, day) => day));
    const [first, second] = [answers.slice(0, 14), answers.slice(14)];
    expect(new Set(first.map(({ serial }) => serial)).size).toBe(1);
    expect(new Set(second.map(({ serial }) => serial)).size).toBe(1);
    expect(first[0]?.serial).not.toBe(second[0]?.serial);
    expect(first[0]?.value).toBe('a');
    // Day 14 is the first of the second epoch.
    expect(second[0]?.value).toBe('c');
  });

  it('is charged whole before its first report, and costs nothing more', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'charge' });
    const spent: number[] = [];
    for (let day = 1; day < 29; day++) {
      await installation.start(MORNING + day * DAY);
      spent.push(ledgerIn(installation.texts).metrics['homepage']?.spent ?? 0);
    }
    expect(spent.slice(0, 14)).toEqual(Array(14).fill(whole[13]));
    expect(spent.slice(14)).toEqual(Array(14).fill(2 * (whole[13] as number)));
  });

  it('that is joined late is charged for the reports that are left', async () => {
    const installation = await agreed(texts, MORNING + 9 * DAY, { seed: 'late' });
    await live(installation, [10, 15]);
    expect(answersOf(installation, 'homepage')).toHaveLength(5);
    expect(ledgerIn(installation.texts).metrics['homepage']?.spent).toBe(whole[4]);
    // The second of its two weeks.
    const [onlyWeek] = texts.metrics.search.microEpoch;
    await live(installation, [15, 16]);
    expect(ledgerIn(installation.texts).metrics['search']?.spent).toBe(onlyWeek);
  });

  it('keeps to "nothing happened", whatever happens later', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'nothing' });
    await live(installation, [1, 15], (record) => record('homepage', 'late.example'));
    const answers = answersOf(installation, 'homepage');
    expect(answers).toHaveLength(14);
    expect(new Set(answers.map(({ value }) => value))).toEqual(new Set(['']));
  });

  it('reports fresh bytes each time', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'fresh' });
    await live(installation, [1, 15]);
    const reports = reportsIn(installation.messages, texts).filter(({ metric }) => metric === 'homepage');
    // 14 last bytes of 256: all equal with a chance of 256^-13.
    expect(new Set(reports.map(({ bytes }) => bytes.at(-1))).size).toBeGreaterThan(1);
  });

  it('that was begun outlives a restart of any kind, and an app that stayed away', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'away' });
    await live(installation, [1, 3], (record) => record('homepage', 'x'));
    await live(installation, [11, 15], (record) => record('homepage', 'y'));
    const answers = answersOf(installation, 'homepage');
    expect(answers.map(({ day }) => day)).toEqual([0, 1, 2, 11, 12, 13]);
    expect(new Set(answers.map(({ serial }) => serial)).size).toBe(1);
  });
});

describe('the cohort draw', () => {
  it('is one per epoch for all latched metrics, and anew in the next', async () => {
    const draws: number[] = [];
    for (let n = 0; n < 12; n++) {
      const installation = await agreed(texts, MORNING, { seed: `draw-${n}` });
      await live(installation, [0, 30]);
      const all = [...answersOf(installation, 'homepage'), ...answersOf(installation, 'search')];
      for (const epoch of [0, 1]) {
        const own = new Set(all.filter(({ day }) => Math.floor(day / 14) === epoch).map(({ draw }) => draw));
        expect(own.size).toBe(1);
        draws.push(...own);
      }
    }
    expect(draws.every((draw) => draw >= 0 && draw < 64)).toBe(true);
    // 24 draws: fewer than eight different ones with a chance below 1e-15.
    expect(new Set(draws).size).toBeGreaterThan(8);
  });

  it('is shared also by what is latched after the epoch', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'after' });
    await live(installation, [7, 9]);
    // Both weeks' records wait, and one process closes one of each metric.
    for (const at of [20 * DAY, 20 * DAY + HOUR, 20 * DAY + 2 * HOUR, 20 * DAY + 9 * HOUR]) {
      const { time, client } = await installation.start(MORNING + at);
      await time.advance(2 * MINUTE);
      await client.stop();
    }
    const all = [...answersOf(installation, 'homepage'), ...answersOf(installation, 'search')];
    expect(all.map(({ day }) => day)).toEqual([0, 7, 8, 0, 7]);
    expect(new Set(all.map(({ draw }) => draw)).size).toBe(1);
  });
});

describe('what is stored of a latched metric', () => {
  it('goes when its epoch has ended and none of its periods waits', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'stored' });
    expect(installation.texts.has('latch')).toBe(false);
    await live(installation, [1, 14]);
    expect(storedIn(installation).outputs.map(({ first }) => first - FIRST)).toEqual([0, 0]);
    // The last day of the epoch is closed now, and the first of the next not yet.
    await live(installation, [14, 15]);
    expect(storedIn(installation).outputs).toEqual([]);
    await live(installation, [15, 16]);
    expect(storedIn(installation).outputs.map(({ first }) => first - FIRST)).toEqual([14]);
  });

  it('does not hold the value, nor does anything else once the period is closed', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'forgotten' });
    const { client } = await installation.start(MORNING + HOUR);
    client.record('homepage', 'secret.example');
    client.record('signature', 'secret crash');
    await client.stop();
    expect(installation.texts.get('open')).toContain('secret.example');
    await installation.start(MORNING + DAY);
    expect([...installation.texts.values()].join()).not.toContain('secret');
  });

  it('is shown as fixed, and as what it was made from no more', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'shown' });
    const { client } = await installation.start(MORNING + DAY);
    const { latched } = await look(client);
    expect(latched).toMatchObject([{ metric: 'homepage', firstDay: FIRST, lastDay: FIRST + 13, isSilent: false }]);
    const [{ stored, draw } = {}] = latched;
    // What `traced` stores begins with the draw.
    expect(stored?.[0]).toBe(draw);
    expect(stored).toHaveLength(6);
    client.record('homepage', 'b.example');
    const { open, spent } = await look(client);
    expect(open.find(({ metric }) => metric === 'homepage')?.value).toBe('nothing yet');
    const all = (whole[13] as number) / 1e6;
    expect(spent.byMetric['homepage']).toEqual({ inWindow: all, inLifetime: all });
  });

  it.each(['', '{}', 'null', '[{}]', '[null]', '[{"permanent":7}]', '[{"perma'])(
    'may be unreadable, and costs the rest of the epoch: %s',
    async (text) => {
      const installation = await agreed(texts, MORNING, { seed: 'unreadable' });
      await live(installation, [1, 3]);
      installation.texts.set('latch', text);
      const drops = await live(installation, [3, 5]);
      expect(drops).toEqual({ 'latch-lost': 1 });
      expect(answersOf(installation, 'homepage').map(({ day }) => day)).toEqual([0, 1]);
      const { client } = await installation.start(MORNING + 4 * DAY);
      // What was not latched yet has no draw any more.
      expect((await look(client)).latched).toMatchObject([
        { metric: 'homepage', isSilent: true },
        { metric: 'search', isSilent: true },
      ]);
      await live(installation, [14, 17]);
      expect(answersOf(installation, 'homepage').map(({ day }) => day)).toEqual([0, 1, 14, 15]);
    },
  );
});

describe('withdrawal', () => {
  it('erases what is stored; a new consent is silent until the next epoch, and pays for that alone', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'withdrawal' });
    await live(installation, [1, 4], (record) => record('homepage', 'a.example'));
    const { client } = await installation.start(MORNING + 4 * DAY);
    await client.consent.withdraw();
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
    await client.consent.grant();
    const drops = await live(installation, [5, 14], (record) => record('homepage', 'b.example'));
    expect(drops).toMatchObject({ 'latch-lost': 1 });
    expect(ledgerIn(installation.texts).metrics['homepage']?.spent).toBe(whole[13]);
    await live(installation, [14, 17], (record) => record('homepage', 'c.example'));
    const answers = answersOf(installation, 'homepage');
    expect(answers.map(({ day }) => day).filter((day) => day >= 4)).toEqual([14, 15]);
    expect(answers.at(-1)?.value).toBe('c');
    expect(ledgerIn(installation.texts).metrics['homepage']?.spent).toBe(2 * (whole[13] as number));
  });

  it('by a privacy signal erases it, too', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'gpc' });
    await live(installation, [1, 3]);
    expect(storedIn(installation).outputs).toHaveLength(1);
    await installation.start(MORNING + 3 * DAY, { globalPrivacyControl: true });
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
  });
});
