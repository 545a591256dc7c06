import { DAY_MS, type Declarations, parseHeader, parseReports, periodStart, toBase64url } from '@dither/protocol';
import { type Client, createClient } from '../client.js';
import { type Inspection, inspect } from '../inspect.js';
import { memoryPlatform } from '../platform/memory.js';
import type { Answer } from '../platform/platform.js';
import type { DeviceRegistry } from '../registry.js';
import { type FakeTime, fakeTime, seededSource } from './time.js';

/** A batch as a server would have got it. */
export interface SentBatch {
  /** Nonce, base64url. */
  readonly id: string;
  /** Moment of the clock. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** What it says of which period; the bytes are randomized. */
  readonly reports: readonly { readonly metric: string; readonly window: number; readonly bytes: Uint8Array }[];
}

export interface TestAppOptions<D extends Declarations> {
  readonly registry: DeviceRegistry<D>;
  /** Of the randomness; the same seed gives the same bytes. `test` unless told. */
  readonly seed?: string;
  /** When the app is first started, milliseconds since 1970; the morning of 5 January 2026 unless told. */
  readonly start?: number;
  /** What a server answers; a receipt unless told. Throwing cuts the connection. */
  readonly respond?: (batch: SentBatch) => Answer;
  /** Whether the person has agreed; true unless told. */
  readonly isGranted?: boolean;
  readonly globalPrivacyControl?: boolean;
}

/** One installation of an app in memory, with a clock of its own and nobody at the other end of the line but the test. */
export interface TestApp<D extends Declarations> {
  /** Of the run that is under way. */
  readonly client: Client<D>;
  /** Moves on when told; timers run with it. */
  readonly time: FakeTime;
  /** Every batch that left, each try of it, in order. */
  readonly sent: readonly SentBatch[];
  /** What was recorded in the open periods, as `inspect` words it: `nothing yet` where nothing was. */
  recorded(): Promise<{ readonly [metric: string]: string }>;
  inspect(): Promise<Inspection>;
  /**
   * Goes on until the open period of the metric, or of all metrics, has ended, and what it came to has been randomized and
   * sent.
   * @param id - of a metric; the longest period of all unless told
   */
  endPeriod(id?: keyof D & string): Promise<void>;
  /**
   * Ends the process and starts another over the same storage.
   * @param options.isKilled - nothing is written before the end: what was recorded in the last second is lost
   */
  restart(options?: { readonly isKilled?: boolean }): Promise<void>;
}

/** A Monday morning. */
const START = 20_458 * DAY_MS + 9 * 3_600_000;

/** By then all that a period came to has left. */
const SENT_WITHIN = 7 * 3_600_000;

function receipt({ id }: SentBatch): Answer {
  return { status: 200, contentType: 'application/json', body: JSON.stringify({ batch: id, duplicate: false }) };
}

/**
 * Starts an app in memory for a test: seeded noise, a fake clock, no network.
 *
 * @example
 * const app = await testApp({ registry });
 * app.client.record('dark-mode');
 * await app.endPeriod();
 * app.sent[0]?.reports; // one report per metric, whatever happened
 */
export async function testApp<const D extends Declarations>(options: TestAppOptions<D>): Promise<TestApp<D>> {
  const { registry, respond = receipt, start = START, isGranted = true, globalPrivacyControl = false } = options;
  const source = seededSource(options.seed ?? 'test');
  const texts = new Map<string, string>();
  const sent: SentBatch[] = [];
  let time: FakeTime;
  let client: Client<D>;

  async function send(_url: string, body: Uint8Array): Promise<Answer> {
    const bytes = body.slice();
    const reports = parseReports(bytes, registry).map(({ index, window, bytes: report }) => ({
      metric: registry.wire[index]?.id ?? '',
      window,
      bytes: report,
    }));
    const batch = { id: toBase64url(parseHeader(bytes).nonce), at: time.clock.wall(), bytes, reports };
    sent.push(batch);
    return respond(batch);
  }

  async function begin(at: number): Promise<void> {
    time = fakeTime(at);
    const { clock, schedule } = time;
    const platform = memoryPlatform({ source, clock, schedule, send, texts, globalPrivacyControl });
    client = createClient({ registry, endpoint: 'memory://test', platform });
    await client.ready;
  }

  await begin(start);
  const app: TestApp<D> = {
    get client() {
      return client;
    },
    get time() {
      return time;
    },
    sent,
    async recorded() {
      const { open } = await inspect(client);
      return Object.fromEntries(open.map(({ metric, value }) => [metric, value]));
    },
    inspect: () => inspect(client),
    async endPeriod(id) {
      const longest = Math.max(...registry.wire.map(({ period }) => period));
      const period = (id === undefined ? undefined : registry.byId.get(id)?.period) ?? longest;
      const now = time.clock.wall();
      const end = (periodStart(Math.floor(now / DAY_MS), period) + period) * DAY_MS;
      // A visit a day, as the app would have it: a process closes a period of each metric when it starts.
      for (let at = now; at < end; ) {
        const next = Math.min(end, (Math.floor(at / DAY_MS) + 1) * DAY_MS);
        await time.advance(next - at);
        at = next;
        await app.restart();
      }
      await time.advance(SENT_WITHIN);
    },
    async restart({ isKilled = false } = {}) {
      if (!isKilled) await client.stop();
      await begin(time.clock.wall());
    },
  };
  if (isGranted) await app.client.consent.grant();
  return app;
}
