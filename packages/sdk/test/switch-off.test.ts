import { createHash } from 'node:crypto';
import { type Answer, boolean, type DeclaredRegistry, defineRegistry } from '@dither/sdk';
import { inspect } from '@dither/sdk/inspect';
import { rr } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import {
  agreed,
  DAY,
  HOUR,
  type Installation,
  install,
  ledgerIn,
  MINUTE,
  MORNING,
  recordUntyped,
} from './support/installation.js';
import { readTraced, texts } from './support/latched.js';
import { documentOf, FIRST, found, NONE, type Operator, offline, operator } from './support/operator.js';
import { reportsIn } from './support/receiver.js';
import { about, twoDaily } from './support/registry.js';

const APP = twoDaily.app;
const document = (off: readonly string[], days: number, app = APP) => documentOf(app, off, days);

/** Opens the app on days `from` to `to`, for two minutes each, and says what was dropped. */
async function live(
  installation: Installation<Record<string, never>>,
  [from, to]: readonly [from: number, to: number],
  { wrap }: Pick<Operator, 'wrap'>,
  events: readonly string[] = [],
) {
  const drops: { [reason: string]: number } = {};
  for (let day = from; day < to; day++) {
    const { client, time } = await installation.start(MORNING + day * DAY, { wrap });
    for (const id of events) recordUntyped(client, id);
    await time.advance(2 * MINUTE);
    for (const [reason, count] of Object.entries((await inspect(client)).drops)) {
      drops[reason] = (drops[reason] ?? 0) + count;
    }
    // Killed as often as ended.
    if (day % 2 === 0) await client.stop();
  }
  return drops;
}

async function appOf(registry: DeclaredRegistry, seed: string): Promise<Installation<Record<string, never>>> {
  return (await agreed(registry, MORNING, { seed })) as unknown as Installation<Record<string, never>>;
}

/** Days, counted from the first, of which a metric was reported. */
function reportedDays({ messages }: Pick<Installation<never>, 'messages'>, id: string, registry = twoDaily) {
  const windows = reportsIn(messages, registry as typeof twoDaily).filter(({ metric }) => metric === id);
  return windows.map(({ window }) => window - FIRST).sort((a, b) => a - b);
}

async function shown(installation: Installation<Record<string, never>>, day: number) {
  const { client } = await installation.start(MORNING + day * DAY + HOUR);
  return inspect(client);
}

describe('the switch-off document', () => {
  const monthly = defineRegistry({
    app: APP,
    expectedClients: 1000,
    metrics: { rare: boolean({ ...about, period: 28, mechanism: rr }) },
  });

  it('is asked for once a day, by the name of the app alone, whether or not anything is to be sent', async () => {
    const { asked, wrap } = operator(() => NONE);
    const installation = await appOf(monthly, 'asked');
    for (let day = 0; day < 10; day++) {
      for (const hour of [0, 3]) {
        const { time } = await installation.start(MORNING + day * DAY + hour * HOUR, { wrap });
        await time.advance(90 * MINUTE);
      }
    }
    expect(installation.messages).toEqual([]);
    expect(asked.map(({ at }) => Math.floor(at / DAY) - FIRST)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(asked.map(({ url }) => url))).toEqual(new Set([`memory://server/v1/switch-off/${APP}`]));
    // Not at the moment the app is opened.
    const delays = asked.map(({ at }) => (at % DAY) - 9 * HOUR);
    expect(Math.min(...delays)).toBeGreaterThan(0);
    expect(Math.max(...delays)).toBeLessThan(MINUTE);
    expect(new Set(delays).size).toBe(10);
  });

  it('is asked for at the same moments whatever is recorded', async () => {
    const momentsOf = async (events: readonly string[]) => {
      const operated = operator(() => document(['crash'], 4));
      const installation = await appOf(twoDaily, 'moments');
      await live(installation, [0, 8], operated, events);
      return { asked: operated.asked, sent: installation.messages.map(({ at, bytes }) => [at, bytes.length]) };
    };
    const quiet = await momentsOf([]);
    expect(quiet.sent.length).toBeGreaterThan(5);
    expect(await momentsOf(['crash', 'clicks', 'clicks'])).toEqual(quiet);
  });

  it('is asked for neither before consent, nor after withdrawal, nor in private mode, nor under a privacy signal', async () => {
    const { asked, wrap } = operator(() => NONE);
    const { start } = install(twoDaily, { seed: 'unasked' });
    await (await start(MORNING, { wrap })).time.advance(2 * HOUR);
    const { client, time } = await start(MORNING + DAY);
    await client.consent.grant();
    await client.stop();
    for (const options of [{ privateMode: true }, { globalPrivacyControl: true }]) {
      await (await start(MORNING + DAY, { wrap, ...options })).time.advance(2 * HOUR);
    }
    const withdrawn = await start(MORNING + DAY, { wrap });
    await withdrawn.client.consent.withdraw();
    await withdrawn.time.advance(2 * HOUR);
    await time.advance(2 * HOUR);
    expect(asked).toEqual([]);
  });
});

describe('a metric that is switched off', () => {
  it('opens no period, is given up uncharged, and leaves the others as they are', async () => {
    const operated = operator(() => document(['crash'], 6));
    const installation = await appOf(twoDaily, 'off');
    const drops = await live(installation, [1, 9], operated, ['crash', 'clicks']);
    // Day 0 had been closed when the first document came; day 1 was open, and is given up.
    expect(reportedDays(installation, 'crash')).toEqual([0, 6]);
    expect(reportedDays(installation, 'clicks')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ledgerIn(installation.texts).metrics).toMatchObject({
      // Day 7, closed on day 8, still waits to be sent.
      crash: { spent: 3 * 250_000 },
      clicks: { spent: 8 * 250_000 },
    });
    // The period of day 1, and the events of days 2 to 5.
    expect(drops).toEqual({ 'switched-off': 5 });
    const other = await appOf(twoDaily, 'off');
    await live(
      other,
      [1, 9],
      operator(() => document([], 6)),
      ['crash', 'clicks'],
    );
    expect(reportedDays(other, 'clicks')).toEqual(reportedDays(installation, 'clicks'));
    expect(other.messages.length).toBe(installation.messages.length);
  });

  it('is so over restarts and without a network, until the day that the document names', async () => {
    const installation = await appOf(twoDaily, 'offline');
    await live(
      installation,
      [1, 2],
      operator(() => document(['crash', 'unheard-of'], 6)),
    );
    await live(installation, [2, 5], operator(offline));
    expect(await shown(installation, 4)).toMatchObject({
      switchedOff: { metrics: ['crash', 'unheard-of'], until: FIRST + 6 },
      open: [{ metric: 'clicks', start: FIRST + 4 }],
    });
    await live(installation, [5, 9], operator(offline));
    expect(reportedDays(installation, 'crash')).toEqual([0, 6]);
  });

  it('goes on with its stored answer, if it is latched and the epoch has not ended', async () => {
    const installation = await appOf(texts, 'latched');
    await live(
      installation,
      [1, 3],
      operator(() => NONE),
    );
    await live(
      installation,
      [3, 14],
      operator(() => document(['homepage'], 7, texts.app)),
    );
    const answers = reportsIn(installation.messages, texts).filter(({ metric }) => metric === 'homepage');
    expect(answers.map(({ window }) => window - FIRST)).toEqual([0, 1, 2, 7, 8, 9, 10, 11]);
    expect(new Set(answers.map(({ bytes }) => readTraced(bytes).serial)).size).toBe(1);
    const whole = texts.metrics.homepage.microEpoch.at(-1);
    expect(ledgerIn(installation.texts).metrics['homepage']?.spent).toBe(whole);
  });

  it('is reported again, from that day on, when the operator takes it back', async () => {
    const installation = await appOf(twoDaily, 'lifted');
    await live(
      installation,
      [1, 3],
      operator(() => document(['crash'], 28)),
    );
    await live(
      installation,
      [3, 7],
      operator(() => NONE),
    );
    expect(reportedDays(installation, 'crash')).toEqual([0, 3, 4]);
    expect(await shown(installation, 7)).not.toHaveProperty('switchedOff');
  });

  it('is another one when the operator names another one', async () => {
    const installation = await appOf(twoDaily, 'another');
    await live(
      installation,
      [1, 3],
      operator(() => document(['crash'], 28)),
    );
    await live(
      installation,
      [3, 7],
      operator(() => document(['clicks'], 28)),
    );
    expect(reportedDays(installation, 'crash')).toEqual([0, 3, 4]);
    expect(reportedDays(installation, 'clicks')).toEqual([0, 1, 2]);
  });
});

const NO_DOCUMENTS: readonly (readonly [name: string, answer: Answer])[] = [
  ['nothing', found('')],
  ['a captive portal', { status: 200, contentType: 'text/html', body: '<html>Log in to the network</html>' }],
  ["another app's", document(['clicks'], 28, 'org.example.other')],
  ['one without an end', found(JSON.stringify({ app: APP, off: ['clicks'] }))],
  ['one that ends at no day', found(JSON.stringify({ app: APP, off: ['clicks'], until: 'never' }))],
  ['one that names no list', found(JSON.stringify({ app: APP, off: 'clicks', until: FIRST + 28 }))],
  ['null', found('null')],
  ['a list', found('["no-switch-off"]')],
  ['one that is too long', found(JSON.stringify({ app: APP, off: ['clicks', 'x'.repeat(20_000)], until: FIRST + 28 }))],
  ['another problem', { ...NONE, body: NONE.body.replace('no-switch-off', 'unavailable') }],
  ['a server that fails', { status: 503, contentType: 'text/plain', body: 'no-switch-off' }],
];

describe('what is no document of this app', () => {
  it.each(NO_DOCUMENTS)('changes nothing: %s', async (_name, answer) => {
    const installation = await appOf(twoDaily, 'garbage');
    await live(
      installation,
      [1, 2],
      operator(() => answer),
    );
    const before = await shown(installation, 1);
    expect(before).not.toHaveProperty('switchedOff');
    await live(
      installation,
      [2, 3],
      operator(() => document(['crash'], 28)),
    );
    const held = (await shown(installation, 2)).switchedOff;
    await live(
      installation,
      [3, 6],
      operator(() => answer),
    );
    expect((await shown(installation, 6)).switchedOff).toEqual(held);
    expect(reportedDays(installation, 'crash')).toEqual([0, 1]);
    // Day 4, closed on day 5, still waits to be sent.
    expect(reportedDays(installation, 'clicks')).toEqual([0, 1, 2, 3]);
  });
});

describe('what the person is shown of it', () => {
  it('is what it says, until when, and the SHA-256 of its bytes', async () => {
    const installation = await appOf(twoDaily, 'shown');
    // White space and all: people compare what the server sent.
    const body = ` {"until":${FIRST + 3}, "off":["clicks","crash"],"note":"é","app":"${APP}"}\n`;
    await live(
      installation,
      [1, 2],
      operator(() => found(body)),
    );
    expect((await shown(installation, 1)).switchedOff).toEqual({
      metrics: ['clicks', 'crash'],
      until: FIRST + 3,
      sha256: createHash('sha256').update(body).digest('hex'),
    });
  });

  it('is gone with withdrawal', async () => {
    const installation = await appOf(twoDaily, 'withdrawn');
    const operated = operator(() => document(['crash'], 28));
    await live(installation, [1, 2], operated);
    expect(installation.texts.get('off')).toContain('crash');
    const { client } = await installation.start(MORNING + DAY + HOUR, operated);
    await client.consent.withdraw();
    expect(installation.texts.has('off')).toBe(false);
    await client.consent.grant();
    expect(await inspect(client)).not.toHaveProperty('switchedOff');
  });
});
