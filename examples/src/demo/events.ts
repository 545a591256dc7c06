import { open } from 'node:fs/promises';
import { sourceFrom } from '@dither/mechanisms';
import { DAY_MS, type Registry, toHex } from '@dither/protocol';
import { deviceRegistry } from '@dither/sdk';
import { badLineReasons, readEventLines } from '@dither/sim';
import seedrandom from 'seedrandom';
import type { Event } from './behaviour.js';
import { conclude, type DemoResult, schedule } from './demo.js';
import type { DemoServer } from './demo-server.js';
import {
  type InstallationState,
  newInstallation,
  type RunOptions,
  startApp,
  takeDelivered,
  waitUntilSent,
} from './installation.js';
import type { Sample } from './play.js';
import type { Candidates } from './results.js';
import { Tally } from './tally.js';
import { httpSend, noUploads, unreliable } from './transport.js';

export interface EventsOptions {
  readonly registry: Registry;
  /** CSV with the header `client,metric,value`. */
  readonly file: string;
  readonly seed: string;
  /** What to look for among texts; where nothing is said, those of the file. */
  readonly candidates: Candidates;
  readonly onProgress: (share: number) => void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LANES = 32;
/** More of them are counted and no longer printed. */
const MAX_BAD_LINES_SHOWN = 20;

interface Installation {
  readonly state: InstallationState;
  readonly options: Omit<RunOptions, 'at'>;
  runs: number;
}

/**
 * Replays a file of events through real clients, line by line: each client of the file is an installation, each run
 * of lines of one client is one run of its app, all in one period. Then the period ends, and all report.
 */
export async function playEvents(options: EventsOptions, server: DemoServer): Promise<DemoResult> {
  const { registry, seed, candidates, onProgress } = options;
  const began = performance.now();
  const { firstDay, periodDays } = schedule(registry);
  const http = httpSend(LANES);
  const uploads = noUploads();
  const network = seedrandom.alea(`${seed}/network`);
  const send = unreliable(http.send, network, uploads);
  const installations = new Map<string, Installation>();
  const declared = deviceRegistry(registry);

  function installation(client: string): Installation {
    const known = installations.get(client);
    if (known !== undefined) return known;
    let generator: seedrandom.PRNG | undefined;
    const source = sourceFrom(() => {
      generator ??= seedrandom(`${seed}/${client}/noise`);
      return generator.int32();
    });
    const fresh = {
      state: newInstallation(),
      options: { registry: declared, endpoint: server.url, source, send },
      runs: 0,
    };
    installations.set(client, fresh);
    return fresh;
  }

  async function run(client: string, events: readonly Event[]): Promise<void> {
    const one = installation(client);
    const app = await startApp(one.state, { ...one.options, at: firstDay * DAY_MS + 6 * HOUR + one.runs++ * MINUTE });
    app.record(events);
    await app.wait(2000);
    await app.stop();
  }

  server.setDay(firstDay);
  const badLines = await eachRun(options, run);
  server.setDay(firstDay + periodDays + 1);
  const tally = new Tally();
  let sample: Sample | undefined;
  let [delivered, undelivered, done] = [0, 0, 0];
  const waiting = [...installations.values()];
  const next = waiting.values();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const { state, options: common } of next) {
        const morning = (firstDay + periodDays) * DAY_MS + 6 * HOUR;
        await (await startApp(state, { ...common, at: morning })).stop();
        const batches = state.waiting.map(({ bytes, truths }) => ({ hex: toHex(bytes), truths }));
        const app = await startApp(state, { ...common, at: morning + DAY_MS });
        await waitUntilSent(app);
        await app.stop();
        for (const { metric, window, value } of takeDelivered(state)) tally.add(metric, window, value);
        delivered += batches.length - state.waiting.length;
        undelivered += state.waiting.length;
        sample ??= { batches, ledger: state.texts.get('ledger') as string };
        onProgress(++done / waiting.length);
      }
    }),
  );
  http.close();
  const gathered = { tally, uploads: { ...uploads, delivered }, undelivered, sample, badLines };
  return conclude({ registry, clients: installations.size, seed, candidates }, server, gathered, began);
}

/** Gives each run of lines of one client to `play`. @returns the number of bad lines, which it prints */
async function eachRun(
  { file, registry }: EventsOptions,
  play: (client: string, events: readonly Event[]) => Promise<void>,
): Promise<number> {
  const handle = await open(file);
  let badLines = 0;
  let client: string | undefined;
  let events: Event[] = [];
  try {
    for await (const line of readEventLines(file, handle.readLines(), registry)) {
      if ('reason' in line) {
        badLines++;
        if (badLines <= MAX_BAD_LINES_SHOWN)
          process.stderr.write(`${file}:${line.line}: ${badLineReasons[line.reason]}\n`);
        continue;
      }
      if (client !== undefined && client !== line.client) {
        await play(client, events);
        events = [];
      }
      client = line.client;
      if (line.event !== undefined) events.push({ metric: line.event.metric.id, value: line.event.input });
    }
    if (client !== undefined) await play(client, events);
  } finally {
    await handle.close();
  }
  if (badLines > MAX_BAD_LINES_SHOWN) process.stderr.write(`${badLines - MAX_BAD_LINES_SHOWN} more bad lines\n`);
  return badLines;
}
