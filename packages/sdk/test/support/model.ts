import type { Registry } from '@dither/protocol';
import { type Client, createClient, type DeclaredRegistry, type Platform, type Storage } from '@dither/sdk';
import { type FakeTime, fakeTime, memoryStorage, seededSource, testPlatform } from '@dither/sdk/testing';
import fc from 'fast-check';
import { gatedPlatform, Killed } from './fragile.js';
import { DAY, HOUR, ledgerIn, MINUTE, MORNING, recordUntyped } from './installation.js';
import { broken, type Promised, promisedBy } from './promises.js';
import { type Message, problem, receipt, receiver, reportsIn } from './receiver.js';

/** What can happen to an installation. `tab` is 0 for the older version of the app, 1 for the newer. */
export type Action =
  | { readonly type: 'event'; readonly tab: number; readonly metric: string }
  | { readonly type: 'note' | 'flush' | 'restart' | 'kill' | 'withdraw' | 'grant'; readonly tab: number }
  | { readonly type: 'pass' | 'jump'; readonly hours: number }
  | { readonly type: 'fail'; readonly after: number; readonly times: number }
  | { readonly type: 'network'; readonly answers: 'receipts' | 'none' | 'lost' | 'busy' };

const tab = fc.constantFrom(0, 1);

export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('event'),
        tab,
        metric: fc.constantFrom('crash', 'clicks', 'extra', 'homepage', 'homepage', 'search'),
      }),
    },
    { weight: 5, arbitrary: fc.record({ type: fc.constantFrom('note', 'flush', 'restart', 'kill'), tab }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('withdraw', 'grant', 'grant', 'grant'), tab }) },
    { weight: 8, arbitrary: fc.record({ type: fc.constant('pass'), hours: fc.constantFrom(1, 7, 24, 26, 72) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('jump'), hours: fc.constantFrom(-400, -30, 25, 200, 900) }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant('fail'), after: fc.nat(6), times: fc.integer({ min: 1, max: 8 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('network'),
        answers: fc.constantFrom('receipts', 'none', 'lost', 'busy'),
      }),
    },
  ) as fc.Arbitrary<Action>,
  { minLength: 20, maxLength: 60 },
);

/** What a deliberately broken build does otherwise; nothing, for the real one. */
export interface Variant {
  readonly storage?: (storage: Storage) => Storage;
  readonly platform?: (platform: Platform) => Platform;
  /** What is recorded as a text. */
  readonly text?: (event: number) => string;
}

/** Minutes instead of seconds for everything that is scheduled: a day is 24 ticks, not 1,440. */
const SLOWER = 60;

type AnyClient = Client<Record<string, never>>;

/** A life, and what the network saw of it. */
export interface Life {
  /** What was broken of the promises; empty if nothing. */
  readonly faults: readonly string[];
  readonly messages: readonly Message[];
}

/** Lives through `all` with two versions of one app side by side on one storage. */
export async function live(
  [older, newer]: readonly [older: Registry, newer: Registry],
  all: readonly Action[],
  seed: string,
  variant: Variant = {},
): Promise<Life> {
  const text = variant.text ?? ((event: number) => `${'abc'[event % 3]}.example`);
  let events = 0;
  const texts = new Map<string, string>();
  const storage = (variant.storage ?? same)(memoryStorage(texts));
  const time: FakeTime = fakeTime(MORNING);
  const source = seededSource(seed);
  const faults: string[] = [];
  let answers: 'receipts' | 'none' | 'lost' | 'busy' = 'receipts';
  let failing = { after: 0, times: 0 };
  const far = receiver((message: Message) => {
    if (answers === 'lost') throw new Error('cut');
    return answers === 'busy' ? problem(503, 'unavailable') : receipt(message);
  });

  const tabs = [older, newer].map((registry) => ({
    registry,
    client: undefined as AnyClient | undefined,
    kill: (): void => undefined,
  }));

  async function open(at: number): Promise<void> {
    const place = tabs[at] as (typeof tabs)[number];
    let isDead = false;
    const plain = testPlatform({ seed: source, time, send: far.send(time), texts });
    const wrapped = gatedPlatform({ ...(variant.platform ?? same)(plain), storage }, (step) => {
      if (isDead || (step === 'send' && answers === 'none')) throw new Killed();
      if (step === 'write' && failing.times > 0 && failing.after-- <= 0) {
        failing.times--;
        throw new Error('the disk is full');
      }
    });
    place.client = createClient({
      registry: place.registry as unknown as DeclaredRegistry<Record<string, never>>,
      endpoint: 'memory://server',
      platform: { ...wrapped, schedule: (delay, task) => time.schedule(delay * SLOWER, task) },
    });
    place.kill = () => {
      isDead = true;
    };
    await place.client.ready;
  }

  /** The most that was ever agreed to, and what was agreed to last. */
  const most = { perWindow: 0, windowDays: older.bound.windowDays, lifetime: 0 };
  let last: Promised = most;
  let before = { spent: 0, worst: 0 };

  /** The ledger never goes back, and what it spends fits what the person agreed to last. */
  function checkLedger(): void {
    const { spent, charges } = ledgerIn(texts);
    const planned = charges.map(([day, metric, micro, period = 1]) => {
      const table = [micro].flat();
      return { metric, table, days: table.map((_, report) => day + report * period) };
    });
    const metrics = new Set(planned.map(({ metric }) => metric));
    // Of each metric the larger of what was read and what was sent in the window.
    const sumUntil = (end: number): number => {
      const isInside = (day = 0): boolean => day <= end && day > end - last.windowDays;
      return [...metrics].reduce((sum, id) => {
        const own = planned.filter(({ metric }) => metric === id);
        const read = own.map(({ days, table }) => (isInside(days[0]) ? (table.at(-1) ?? 0) : 0));
        const sent = own.map(({ days, table }) => table[days.filter(isInside).length - 1] ?? 0);
        return sum + Math.max(read.reduce(plus, 0), sent.reduce(plus, 0));
      }, 0);
    };
    const sums = planned.flatMap(({ days }) => days.map(sumUntil));
    const worst = Math.max(0, ...sums);
    if (spent < before.spent) faults.push(`ledger went back from ${before.spent} to ${spent}`);
    if (spent > before.spent && worst > Math.max(last.perWindow, before.worst)) {
      faults.push(`agreed to ${last.perWindow}, charged ${worst}`);
    }
    before = { spent, worst };
  }

  await open(0);
  await open(1);
  for (const action of all) {
    const place = 'tab' in action ? tabs[action.tab] : undefined;
    const client = place?.client as AnyClient;
    switch (action.type) {
      case 'event':
        recordUntyped(client, action.metric, isText(older, action.metric) ? text(events++) : undefined);
        break;
      case 'note':
        client.flushNow();
        break;
      case 'flush':
        // Not awaited: the next action falls into the middle of it.
        void client.flush();
        break;
      case 'restart':
        await client.stop();
        await open(action.tab);
        break;
      case 'kill':
        place?.kill();
        await open(action.tab);
        break;
      case 'withdraw': {
        const isSound = failing.times === 0;
        await client.consent.withdraw();
        const left = [...texts.keys()].filter((key) => key !== 'consent' && key !== 'ledger');
        if (isSound && left.length > 0) faults.push(`left after withdrawal: ${left}`);
        break;
      }
      case 'grant': {
        const isSound = failing.times === 0;
        await client.consent.grant();
        const asked = promisedBy(place?.registry as Registry);
        // If storage may have refused it, the earlier agreement may still hold.
        last = isSound ? asked : { ...asked, perWindow: Math.max(last.perWindow, asked.perWindow) };
        most.perWindow = Math.max(most.perWindow, asked.perWindow);
        most.lifetime = Math.max(most.lifetime, asked.lifetime);
        break;
      }
      case 'pass':
        await time.advance(action.hours * HOUR);
        break;
      case 'jump':
        time.setWall(time.clock.wall() + action.hours * HOUR);
        await time.advance(MINUTE * SLOWER);
        break;
      case 'fail':
        failing = { ...action };
        break;
      default:
        answers = action.answers;
    }
    checkLedger();
  }
  // Everything works again, and what waits is sent.
  failing = { after: 0, times: 0 };
  answers = 'receipts';
  for (const at of [0, 1]) {
    tabs[at]?.kill();
    await open(at);
  }
  await time.advance(2 * DAY);
  checkLedger();

  const { messages } = far;
  const onlyNewer = reportsIn(messages, older, newer).filter(({ metric, microEpsilon }) => {
    return microEpsilon > (older.metrics[metric]?.microEpsilon ?? 0);
  });
  if (most.perWindow <= promisedBy(older).perWindow && onlyNewer.length > 0)
    faults.push('reported what was not agreed');
  faults.push(...broken(messages, [older, newer], most, ledgerIn(texts).spent));
  return { faults: [...new Set(faults)], messages };
}

const plus = (a: number, b: number): number => a + b;

const same = <T>(x: T): T => x;

const isText = ({ metrics }: Registry, id: string): boolean => metrics[id]?.kind === 'text';
