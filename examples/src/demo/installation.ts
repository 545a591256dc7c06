import type { WordSource } from '@dither/mechanisms';
import { DAY_MS, fromBase64url, type Metric, parseReports, type Registry, type Value } from '@dither/protocol';
import { type Client, createClient, type DeclaredRegistry } from '@dither/sdk';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import type { Event } from './behaviour.js';
import { Diary } from './diary.js';
import type { Send } from './transport.js';

const MINUTE = 60_000;
/** Two days of ten minutes: past any ladder of retries, and short of the age at which a batch is dropped. */
const MAX_WAITS = 288;

/** What an installation holds between two runs of its app, and what the demo knows of the person. */
export interface InstallationState {
  /** The SDK's own storage. */
  readonly texts: Map<string, string>;
  readonly diary: Diary;
  /** Batches made and not yet confirmed, with the truth behind each report. */
  waiting: { readonly id: string; readonly bytes: Uint8Array; readonly truths: readonly Truth[] }[];
}

/** What a report was made from. */
export interface Truth {
  readonly metric: string;
  readonly window: number;
  readonly value: Value;
}

export function newInstallation(): InstallationState {
  return { texts: new Map(), diary: new Diary(), waiting: [] };
}

export interface RunOptions {
  readonly registry: DeclaredRegistry;
  readonly endpoint: string;
  readonly source: WordSource;
  readonly send: Send;
  /** When the app is started, milliseconds since 1970. */
  readonly at: number;
}

/** One run of the app: a new process of the real SDK over the storage the last one left. */
export interface Run {
  record(events: readonly Event[]): void;
  /** Lets the app run on for a while. */
  wait(milliseconds: number): Promise<void>;
  /** Records, and dies in the same instant. */
  crash(events: readonly Event[]): void;
  stop(): Promise<void>;
  /** True while batches are waiting to be sent. */
  readonly hasWaiting: boolean;
}

export async function startApp(state: InstallationState, options: RunOptions): Promise<Run> {
  const { registry, at } = options;
  const time = fakeTime(at);
  // What the open records hold before anything is closed: of several random events, which one was chosen.
  const open = state.texts.get('open');
  const isFirst = !state.texts.has('consent');
  const client: Client<Record<string, never>> = createClient({
    registry: registry as unknown as DeclaredRegistry<Record<string, never>>,
    endpoint: options.endpoint,
    platform: testPlatform({ seed: options.source, time, send: options.send, texts: state.texts }),
  });
  await client.ready;
  if (isFirst) await client.consent.grant();
  noteNewBatches(state, registry, open);

  const day = Math.floor(at / DAY_MS);
  const record = (events: readonly Event[]): void => {
    for (const event of events) {
      state.diary.note(registry.metrics[event.metric] as Metric, day, event.value);
      (client.record as (id: string, value: unknown) => void)(event.metric, event.value);
    }
  };
  return {
    record,
    wait: (milliseconds) => time.advance(milliseconds),
    crash(events) {
      record(events);
      client.flushNow();
    },
    stop: () => client.stop(),
    get hasWaiting() {
      return waitingIn(state).length > 0;
    },
  };
}

/** Runs the app until what is due has been sent, trying again where uploads were cut. */
export async function waitUntilSent(run: Run): Promise<void> {
  await run.wait(MINUTE + 1000);
  for (let tries = 0; tries < MAX_WAITS && run.hasWaiting; tries++) await run.wait(10 * MINUTE);
}

interface OpenFile {
  readonly records: { readonly [metric: string]: readonly { readonly start: number; readonly value?: Value }[] };
}

function openValues(text: string | undefined): OpenFile['records'] {
  return text === undefined ? {} : (JSON.parse(text) as OpenFile).records;
}

interface Message {
  readonly id: string;
  readonly body: string;
  /** What became of it: absent while it waits. */
  readonly end?: string;
}

/** The batches that wait to be sent. */
function waitingIn({ texts }: InstallationState): readonly Message[] {
  const log = JSON.parse(texts.get('queue') ?? '[]') as readonly Message[];
  return log.filter(({ end }) => end === undefined);
}

/** Notes the truth behind each report of the batches that this start of the app has made. */
function noteNewBatches(state: InstallationState, registry: Registry, open: string | undefined): void {
  const fresh = waitingIn(state).filter(({ id }) => !state.waiting.some((batch) => batch.id === id));
  if (fresh.length === 0) return;
  const records = openValues(open);
  for (const { id, body } of fresh) {
    const bytes = fromBase64url(body) as Uint8Array;
    const truths = parseReports(bytes, registry).map(({ index, window }) => {
      const metric = registry.wire[index] as Metric;
      const chosen = records[metric.id]?.find((record) => record.start === window)?.value;
      return { metric: metric.id, window, value: state.diary.reported(metric, window, chosen) };
    });
    state.waiting.push({ id, bytes, truths });
  }
}

/** The truths behind the batches that have been delivered since the last call. */
export function takeDelivered(state: InstallationState): readonly Truth[] {
  const queued = new Set(waitingIn(state).map(({ id }) => id));
  const delivered = state.waiting.filter(({ id }) => !queued.has(id));
  state.waiting = state.waiting.filter(({ id }) => queued.has(id));
  return delivered.flatMap(({ truths }) => truths);
}
