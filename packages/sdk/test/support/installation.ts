import type { WordSource } from '@dither/mechanisms';
import type { Declarations } from '@dither/protocol';
import { type Client, createClient, type DeviceRegistry, type Platform } from '@dither/sdk';
import { type FakeTime, fakeTime, seededSource, testPlatform } from '@dither/sdk/testing';
import { type Message, type Receiver, type Respond, receiver } from './receiver.js';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A Thursday morning; also the first day of a budget window of 28 days. */
export const MORNING = 20_440 * DAY + 9 * HOUR;

/** One process of the app. To kill it, use it no more: its timers are its own and never fire again. */
export interface Run<D extends Declarations> {
  readonly client: Client<D>;
  readonly time: FakeTime;
  readonly platform: Platform;
}

export interface RunOptions {
  readonly globalPrivacyControl?: boolean;
  readonly privateMode?: boolean;
  /** Replaces or wraps parts of the platform. */
  readonly wrap?: (platform: Platform) => Platform;
}

/** One installation: what it stored survives its runs, and so does the network it sends to. */
export interface Installation<D extends Declarations> {
  readonly texts: Map<string, string>;
  readonly messages: Message[];
  readonly receiver: Receiver;
  /** Starts the app at a moment of the wall clock and waits until it is ready. */
  start(at: number, options?: RunOptions): Promise<Run<D>>;
}

const asItIs = (platform: Platform): Platform => platform;

/** How much slower. */
const SLOWER = 20;

/** Minutes instead of seconds, nearly, for all that is scheduled: seven hours are 21 ticks, where it does not matter when. */
export function slowly(platform: Platform): Platform {
  return { ...platform, schedule: (delay, task) => platform.schedule(SLOWER * delay, task) };
}

/** An installation of whatever app, for those who need not know its metrics. */
export interface AnyInstallation {
  readonly texts: Map<string, string>;
  readonly messages: Message[];
  readonly receiver: Receiver;
  start(
    at: number,
    options?: RunOptions,
  ): Promise<{ readonly time: FakeTime; readonly client: Omit<Client<Declarations>, 'record' | 'time'> }>;
}

/** Records as a program without types would. */
export function recordUntyped(client: object, id: string, value?: unknown): void {
  (client as { readonly record: (id: string, value?: unknown) => void }).record(id, value);
}

export interface InstallationOptions {
  /** Seed, or the source that all its runs draw from. */
  readonly seed: string | WordSource;
  readonly respond?: Respond;
  readonly texts?: Map<string, string>;
  readonly receiver?: Receiver;
}

export function install<const D extends Declarations>(
  registry: DeviceRegistry<D>,
  options: InstallationOptions,
): Installation<D> {
  const { texts = new Map<string, string>(), respond } = options;
  const far = options.receiver ?? receiver(respond);
  const source = typeof options.seed === 'string' ? seededSource(options.seed) : options.seed;
  return {
    texts,
    messages: far.messages,
    receiver: far,
    async start(at, { globalPrivacyControl = false, privateMode = false, wrap = asItIs } = {}) {
      const time = fakeTime(at);
      const platform = wrap(testPlatform({ seed: source, time, send: far.send(time), texts, globalPrivacyControl }));
      const client = createClient({ registry, endpoint: 'memory://server', platform, privateMode });
      await client.ready;
      return { client, time, platform };
    },
  };
}

/** An installation that agreed at `at` and was closed again. */
export async function agreed<const D extends Declarations>(
  registry: DeviceRegistry<D>,
  at: number,
  options: InstallationOptions,
): Promise<Installation<D>> {
  const installation = install(registry, options);
  const { client } = await installation.start(at);
  await client.consent.grant();
  await client.stop();
  return installation;
}

/** The batches that wait to be sent, as any reader of the storage finds them. */
export function waitingIn(
  texts: ReadonlyMap<string, string>,
): readonly { readonly id: string; readonly body: string; readonly due: number }[] {
  const log: readonly { readonly id: string; readonly body: string; readonly due: number; readonly end?: string }[] =
    JSON.parse(texts.get('queue') ?? '[]');
  return log.filter(({ end }) => end === undefined);
}

/** What stands in the ledger, as any reader of the storage finds it. */
export function ledgerIn(texts: ReadonlyMap<string, string>): {
  readonly highWater: number;
  readonly spent: number;
  readonly charges: readonly (readonly [
    day: number,
    metric: string,
    micro: number | readonly number[],
    period?: number,
  ])[];
  readonly metrics: { readonly [metric: string]: { readonly spent: number; readonly latchedUntil?: number } };
  readonly draw: { readonly window: number; readonly metrics: readonly string[] };
  readonly drawn?: { readonly first: number; readonly until: number };
} {
  const none = '{"highWater":0,"spent":0,"charges":[],"metrics":{},"draw":{"window":-1,"metrics":[]}}';
  return JSON.parse(texts.get('ledger') ?? none);
}
