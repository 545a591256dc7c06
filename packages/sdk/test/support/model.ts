import { uniformInt } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import { writeSwitchOff } from '@dither/protocol';
import type { Platform } from '@dither/sdk';
import { fakeTime, memoryStorage, seededSource, testPlatform } from '@dither/sdk/testing';
import { DAY, HOUR, ledgerIn, MINUTE, MORNING, recordUntyped } from './installation.js';
import { account } from './model-account.js';
import type { Action } from './model-actions.js';
import { SLOWER, type Surroundings, sizeOf, type Tab, tabOf } from './model-tab.js';
import { broken, promisedBy } from './promises.js';
import { type Message, problem, receipt, receiver, reportsIn } from './receiver.js';
import { mixed, oneByOne } from './turns.js';

/** How a life goes; and what a deliberately broken build does otherwise, nothing for the real one. */
export interface Variant {
  readonly platform?: (platform: Platform) => Platform;
  /** What is recorded at an event of a metric: each value once, none if nothing is. */
  readonly events?: (event: number, isText: boolean) => readonly unknown[];
  /**
   * For lives to be compared that differ in what is recorded: one step after the other, and failures by what is written
   * whatever was.
   */
  readonly isComparable?: boolean;
}

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
  const texts = new Map<string, string>();
  const time = fakeTime(MORNING);
  const order = seededSource(`order of ${seed}`);
  const source = seededSource(seed);
  const turns = variant.isComparable ? oneByOne : mixed(order);
  const faults: string[] = [];
  const far = receiver((message: Message) => {
    if (around.answers === 'lost') throw new Error('cut');
    return around.answers === 'busy' ? problem(503, 'unavailable') : receipt(message);
  });
  const around: Surroundings = {
    texts,
    storage: memoryStorage(texts),
    wrap: variant.platform ?? ((platform) => platform),
    time,
    turns,
    platform: () => testPlatform({ seed: source, time, send: far.send(time), texts }),
    answers: 'receipts',
    failing: { after: 0, times: 0 },
    broken: 0,
    limit: Number.POSITIVE_INFINITY,
    document: undefined,
    refusals: 0,
    countsEvents: !variant.isComparable,
  };
  const tabs = [tabOf(older, around), tabOf(newer, around)] as const;
  const events = variant.events ?? ((event, isText) => [isText ? `${'abc'[event % 3]}.example` : undefined]);
  let event = 0;

  /** The most that was ever agreed to, and what was agreed to last, per window. */
  const most = { perWindow: 0, windowDays: older.bound.windowDays, lifetime: 0 };
  let last = 0;
  const { check } = account(texts, most.windowDays);
  /** How many messages had left when the person withdrew, while that holds. */
  let silentSince: number | undefined;

  /** What a person says, and whether it was carried out for certain. */
  async function say(tab: Tab, word: () => Promise<void>): Promise<boolean> {
    const before = around.refusals;
    await turns.during(word());
    return around.refusals === before && !tab.isDead();
  }

  async function withdraw(tab: Tab): Promise<void> {
    const isSure = await say(tab, () => tab.client.consent.withdraw());
    const left = [...texts.keys()].filter((key) => key !== 'consent' && key !== 'ledger');
    if (isSure && left.length > 0) faults.push(`left after withdrawal: ${left}`);
    // One message may have been on its way.
    await turns.pass(Number.POSITIVE_INFINITY);
    if (isSure) silentSince = far.messages.length;
  }

  async function grant(tab: Tab): Promise<void> {
    silentSince = undefined;
    const asked = promisedBy(tab.registry);
    const before = last;
    last = Math.max(last, asked.perWindow);
    most.perWindow = Math.max(most.perWindow, asked.perWindow);
    most.lifetime = Math.max(most.lifetime, asked.lifetime);
    const isSure = await say(tab, () => tab.client.consent.grant());
    faults.push(...check(last));
    // If storage may have refused it, the earlier agreement may still hold.
    last = isSure ? asked.perWindow : Math.max(before, asked.perWindow);
  }

  async function act(action: Action, tab: Tab): Promise<void> {
    const { client } = tab;
    switch (action.type) {
      case 'event':
        for (const value of events(event++, older.metrics[action.metric]?.kind === 'text')) {
          recordUntyped(client, action.metric, value);
        }
        return;
      case 'note':
        return client.flushNow();
      case 'flush':
        // Not awaited: the next action falls into the middle of it.
        return void client.flush();
      case 'hide':
        return tab.hide();
      case 'restart':
        await turns.during(client.stop());
        return tab.open();
      case 'kill':
        return tab.kill();
      case 'crash':
        return tab.crashAfter(action.after);
      case 'withdraw':
        return withdraw(tab);
      case 'grant':
        return grant(tab);
      case 'pass':
        return time.advance(action.hours * HOUR);
      case 'jump':
        time.setWall(time.clock.wall() + action.hours * HOUR);
        return time.advance(MINUTE * SLOWER);
      case 'fail':
        around.failing = { ...action };
        return;
      case 'break':
        around.broken = time.clock.monotonic() + action.hours * HOUR;
        return;
      case 'quota':
        around.limit = sizeOf(texts, 'open') + action.room;
        return;
      case 'switch off': {
        const until = ledgerIn(texts).highWater + action.days;
        around.document = action.days > 0 ? writeSwitchOff(older.app, { off: [action.metric], until }) : undefined;
        return;
      }
      default:
        around.answers = action.answers;
    }
  }

  for (const tab of tabs) await tab.open();
  for (const action of all) {
    await act(action, tabs['tab' in action ? action.tab : 0] as Tab);
    // The app is started again at once.
    for (const tab of tabs) if (tab.isDead()) await tab.open();
    await turns.pass(uniformInt(order, 12));
    faults.push(...check(last));
    if (far.messages.length > (silentSince ?? Number.POSITIVE_INFINITY)) faults.push('sent after withdrawal');
  }
  // Everything works again, and what waits is sent.
  Object.assign(around, {
    failing: { after: 0, times: 0 },
    broken: 0,
    limit: Number.POSITIVE_INFINITY,
    answers: 'receipts',
  });
  for (const tab of tabs) {
    tab.kill();
    await tab.open();
  }
  await time.advance(2 * DAY);
  await turns.pass(Number.POSITIVE_INFINITY);
  faults.push(...check(last));

  const { messages } = far;
  const onlyNewer = reportsIn(messages, older, newer).filter(({ metric, microEpsilon }) => {
    return microEpsilon > (older.metrics[metric]?.microEpsilon ?? 0);
  });
  if (most.perWindow <= promisedBy(older).perWindow && onlyNewer.length > 0)
    faults.push('reported what was not agreed');
  faults.push(...broken(messages, [older, newer], most, ledgerIn(texts).spent));
  return { faults: [...new Set(faults)], messages };
}
