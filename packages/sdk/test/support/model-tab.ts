import type { Registry } from '@dither/protocol';
import { type Client, createClient, type DeclaredRegistry, type Platform, type Storage } from '@dither/sdk';
import type { FakeTime } from '@dither/sdk/testing';
import { gatedPlatform, Killed, type Step } from './fragile.js';
import type { Answers } from './model-actions.js';
import type { Turns } from './turns.js';

/** Minutes instead of seconds for everything that is scheduled: a day is eight ticks, not 1,440. */
export const SLOWER = 180;

export type AnyClient = Client<Record<string, never>>;

/** What surrounds an installation, and changes under it. */
export interface Surroundings {
  readonly texts: Map<string, string>;
  readonly storage: Storage;
  readonly time: FakeTime;
  readonly turns: Turns;
  readonly platform: () => Platform;
  /** What this build does otherwise. */
  readonly wrap: (platform: Platform) => Platform;
  answers: Answers;
  failing: { after: number; times: number };
  /** Until when it fails whatever is written, by the clock that cannot be set. */
  broken: number;
  /** Bytes that the disk takes. */
  limit: number;
  /** The switch-off document. */
  document: string | undefined;
  /** How many writes the disk has refused. */
  refusals: number;
  /** Whether to count, for failures and crashes, what is written only if something was recorded. */
  readonly countsEvents: boolean;
}

/** A tab of the app: one process after the other. */
export interface Tab {
  readonly registry: Registry;
  readonly client: AnyClient;
  /** Starts a process. */
  open(): Promise<void>;
  /** Nothing of the process reaches anything any more. */
  kill(): void;
  /** Kills it before the step that comes `after` others. */
  crashAfter(steps: number): void;
  isDead(): boolean;
  /** What a browser tells a page that goes out of sight. */
  hide(): void;
}

export function tabOf(registry: Registry, around: Surroundings): Tab {
  const { texts, time, turns, storage } = around;
  let client: AnyClient | undefined;
  let process = { isDead: true, left: Number.POSITIVE_INFINITY, hide: (): void => undefined };

  /** The disk's answer to one write. */
  function write([key, text]: readonly [string, string | undefined]): void {
    const isCounted = around.countsEvents || !/^(open|note)/.test(key);
    const { failing } = around;
    const isRefused = isCounted && failing.times > 0 && failing.after-- <= 0;
    if (isRefused) failing.times--;
    const isFailing = isRefused || time.clock.monotonic() < around.broken;
    const grows = (text?.length ?? 0) - (texts.get(key)?.length ?? 0);
    if (!isFailing && (grows <= 0 || sizeOf(texts) + grows <= around.limit)) return;
    around.refusals++;
    throw new Error('the disk takes no more');
  }

  async function open(): Promise<void> {
    const own = { isDead: false, left: Number.POSITIVE_INFINITY, hide: (): void => undefined };
    process = own;
    const pass = (step: Step, entry?: readonly [string, string | undefined]): void => {
      const isCounted = step !== 'read' && (around.countsEvents || !/^(open|note)/.test(entry?.[0] ?? step));
      if (isCounted && own.left-- <= 0) own.isDead = true;
      if (own.isDead || (step === 'send' && around.answers === 'none')) throw new Killed();
      if (step === 'write' && entry) write(entry);
    };
    const gated = gatedPlatform({ ...around.platform(), storage }, (step, entry) =>
      step === 'note' ? pass(step) : turns.take().then(() => pass(step, entry)),
    );
    client = createClient({
      registry: registry as unknown as DeclaredRegistry<Record<string, never>>,
      endpoint: 'memory://server',
      platform: {
        ...around.wrap(gated),
        schedule: (delay, task) => time.schedule(delay * SLOWER, () => turns.begin(task)),
        onHide(listener) {
          own.hide = listener;
          return () => {
            own.hide = () => undefined;
          };
        },
        async get() {
          await turns.take();
          pass('send');
          const body = around.document ?? '{"code":"no-switch-off"}';
          return { status: around.document ? 200 : 404, contentType: 'application/json', body };
        },
      },
    });
    await turns.during(client.ready);
  }

  return {
    registry,
    get client() {
      return client as AnyClient;
    },
    open,
    kill() {
      process.isDead = true;
    },
    crashAfter(steps) {
      process.left = steps;
    },
    isDead: () => process.isDead,
    hide: () => process.hide(),
  };
}

/** What an origin's quota counts: notes are kept elsewhere. Of all keys, or but one. */
export function sizeOf(texts: ReadonlyMap<string, string>, but?: string): number {
  return [...texts].reduce((sum, [key, text]) => sum + (key === but || key.startsWith('note') ? 0 : text.length), 0);
}
