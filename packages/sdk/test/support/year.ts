import { uniformInt } from '@dither/mechanisms';
import { aggregator as loloha } from '@dither/mechanisms/loloha';
import { aggregator as oneTimeRappor } from '@dither/mechanisms/one-time-rappor';
import { aggregator as rappor } from '@dither/mechanisms/rappor';
import { fromBase64url, type Metric, parseHeader, parseReports, type Registry, toBase64url } from '@dither/protocol';
import {
  boolean,
  category,
  count,
  type DeviceRegistry,
  defineRegistry,
  type Platform,
  text,
  timing,
} from '@dither/sdk';
import * as mechanisms from '@dither/sdk/mechanisms';
import { seededSource } from '@dither/sdk/testing';
import { recordAll } from './events.js';
import { agreed, DAY, HOUR, MINUTE, MORNING, SECOND, waitingIn } from './installation.js';
import { type Message, receipt } from './receiver.js';
import { about } from './registry.js';

const { grr, localHashing, oneBitMean, oue, rr } = mechanisms;
const latch = { epsilonFirst: 0.1, epsilonInfinity: 1, epoch: 7 } as const;
const plans = Array.from({ length: 40 }, (_, i) => `plan ${i}`);

/** What a person uses daily: fresh metrics, daily and weekly, under public draws too; and two that are latched for a week. */
export const yearRegistry = (latched: Pick<typeof mechanisms, 'rappor' | 'loloha'> = mechanisms) =>
  defineRegistry({
    app: 'org.example.year',
    expectedClients: 1000,
    budget: { perWindow: 10_000, lifetime: 1_000_000 },
    metrics: {
      crash: boolean({ ...about, mechanism: rr }),
      clicks: count({ ...about, mechanism: oneBitMean, clamp: 20 }),
      theme: category({ ...about, mechanism: grr, values: ['light', 'dark'] }),
      tool: category({ ...about, mechanism: localHashing, values: plans }),
      load: timing({ ...about, period: 7, mechanism: oue, range: [1, 10_000], buckets: 16 }),
      signature: text({ ...about, mechanism: mechanisms.oneTimeRappor }),
      homepage: text({ ...about, mechanism: latched.rappor, latch }),
      plan: category({ ...about, mechanism: latched.loloha, latch, values: plans }),
    },
  });

/** A batch, when it was made and left, and what it says. */
export interface DatedBatch {
  readonly message: Message;
  /** Moment at which it was made, and the one from which on it was to be sent. */
  readonly made: number;
  readonly due: number;
  /** Start of the visit in which it was first sent. */
  readonly visit: number;
  readonly nonce: Uint8Array;
  /** What reports say beside their noise: by metric and window, the cohort or the hash function. */
  readonly draws: readonly { readonly metric: string; readonly window: number; readonly draw: number }[];
}

/** What a report was made under, in the open. */
const drawIn: { readonly [metric: string]: (params: never, bytes: Uint8Array) => number } = {
  signature: (params, bytes) => oneTimeRappor.decode(params, bytes).cohort,
  homepage: (params, bytes) => rappor.decode(params, bytes).cohort,
  plan: (params, bytes) => Math.floor(loloha.decode(params, bytes) / (params as { readonly cells: number }).cells),
};

/** What a batch says beside nonce and noise; `frame` is all of it but nonce and reports, with how long each report is. */
function parsed(bytes: Uint8Array, registry: Registry): Pick<DatedBatch, 'nonce' | 'draws'> & { frame: string } {
  const { nonce } = parseHeader(bytes);
  const blank = bytes.slice().fill(0, 3, 3 + nonce.length);
  const reports = parseReports(blank, registry);
  const draws = reports.flatMap(({ index, window, bytes: report }) => {
    const { id, params } = registry.wire[index] as Metric;
    const draw = drawIn[id]?.(params as never, report);
    return draw === undefined ? [] : [{ metric: id, window, draw }];
  });
  for (const report of reports) report.bytes.fill(0);
  return { nonce, draws, frame: `${blank} ${reports.map((report) => report.bytes.length)}` };
}

export interface Life {
  readonly seed: string;
  readonly days: number;
  /** What is recorded is another thing for another one. */
  readonly taste?: number;
  /** What a deliberately broken build does otherwise. */
  readonly wrap?: (platform: Platform, visit: number) => Platform;
}

/**
 * Daily life of one installation: a visit or two a day, short or long, ended or killed, now and then without a network or
 * not at all. When it runs is the same for all installations; what it draws and records is its own.
 * @returns every batch that it sent, by its first try; the frames of all that it made; and every address it sent to
 */
export async function liveDaily(registry: ReturnType<typeof yearRegistry>, { seed, days, taste = 0, wrap }: Life) {
  const habits = seededSource('habits');
  let isOnline = true;
  const installation = await agreed(registry, MORNING - 9 * HOUR, {
    seed,
    respond(message) {
      if (!isOnline) throw new Error('offline');
      return receipt(message);
    },
  });
  const { messages, texts } = installation;
  const queued = new Map<string, { readonly made: number; readonly due: number } | undefined>();
  const batches: DatedBatch[] = [];
  let visits = 0;

  async function visit(at: number, length: number): Promise<void> {
    const number = visits++;
    isOnline = uniformInt(habits, 12) > 0;
    const sent = messages.length;
    const { client, time } = await installation.start(at, wrap && { wrap: (platform) => wrap(platform, number) });
    for (const { body, due } of waitingIn(texts)) if (!queued.has(body)) queued.set(body, { made: at, due });
    recordAll(client, registry as DeviceRegistry, number + taste);
    await time.advance(length);
    if (uniformInt(habits, 4) > 0) await client.stop();
    for (const message of messages.slice(sent)) {
      const body = toBase64url(message.bytes);
      const first = queued.get(body);
      // Taken once: another try sends the same bytes.
      queued.set(body, undefined);
      if (first) batches.push({ message, ...first, visit: at, ...parsed(message.bytes, registry) });
    }
  }

  for (let day = 1; day <= days; day++) {
    if (uniformInt(habits, 15) === 0) continue;
    const morning = MORNING - 3 * HOUR + day * DAY + uniformInt(habits, 6 * HOUR);
    await visit(morning, uniformInt(habits, 50) === 0 ? 5 * HOUR : MINUTE + uniformInt(habits, 6 * MINUTE));
    if (uniformInt(habits, 3) === 0) await visit(morning + 7 * HOUR, 90 * SECOND);
  }
  const frames = [...queued.keys()].map((body) => parsed(fromBase64url(body) as Uint8Array, registry).frame);
  return { batches, frames, urls: new Set(messages.map(({ url }) => url)) };
}

export type Year = Awaited<ReturnType<typeof liveDaily>>;
