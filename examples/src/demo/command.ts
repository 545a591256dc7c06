import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Registry } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { readCandidates } from './candidates.js';
import { type DemoResult, runDemo } from './demo.js';
import { startDemoServer } from './demo-server.js';
import { playEvents } from './events.js';
import { browserRegistry } from './registry.js';
import { reportJson } from './report-json.js';
import { reportText } from './report-text.js';
import type { Candidates } from './results.js';
import { CANDIDATES } from './texts.js';

const USAGE = `The main job: a real server, many real clients, truth beside estimate.

  pnpm demo [--clients N] [--seed S] [--json] [--serve]
  pnpm demo --registry FILE [--clients N]          your metrics, made-up events
  pnpm demo --registry FILE --events FILE.csv      your metrics, your events (client,metric,value)

  --clients N        installations; 20,000 or more for good figures
  --candidates FILE  with --registry: what to look for among texts, one a line; the recorded texts unless told
  --seed S           replay a run; the default is fresh and printed
  --json             one object on stdout
  --serve            keep the server up afterwards
`;

/** What fits in under two minutes on two cores, with room for a slow day. */
const DEFAULT_CLIENTS = 30_000;
const THREADS = 2;

/** Where the demo writes. */
interface DemoOutput {
  write(text: string): unknown;
  /** Progress is written over itself there. */
  readonly isTTY?: boolean;
}

/** Runs the command of these arguments. @returns its exit code */
export async function demoCommand(args: readonly string[], out: DemoOutput, errors: DemoOutput): Promise<number> {
  try {
    return await run(args, out, errors);
  } catch (error) {
    // What the person at the keyboard can mend is said in a line; anything else keeps its trace.
    const isTheirs = error instanceof UsageError || (error instanceof Error && 'code' in error);
    errors.write(`${isTheirs ? (error as Error).message : (error as Error).stack}\n`);
    return 2;
  }
}

async function run(args: readonly string[], out: DemoOutput, errors: DemoOutput): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
      serve: { type: 'boolean', default: false },
      registry: { type: 'string' },
      events: { type: 'string' },
      candidates: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    out.write(USAGE);
    return 0;
  }
  const clients = Number(values.clients ?? DEFAULT_CLIENTS);
  if (!Number.isInteger(clients) || clients < 1) throw new UsageError('--clients takes a whole number, 1 or more');
  if (values.events !== undefined && values.registry === undefined) {
    throw new UsageError('--events needs the --registry its metrics are declared in');
  }
  if (values.events !== undefined && values.clients !== undefined) {
    throw new UsageError('--clients does not go with --events: the file says who there is');
  }
  if (values.candidates !== undefined && values.registry === undefined) {
    throw new UsageError('--candidates needs the --registry whose texts they are looked for in');
  }
  if (values.events !== undefined) await access(values.events);
  const seed = values.seed ?? randomBytes(6).toString('hex');
  const registry =
    values.registry === undefined ? (browserRegistry() as unknown as Registry) : await loadRegistry(values.registry);
  const candidates = await candidatesFor(registry, values);
  const say = (text: string): void => {
    if (!values.json) out.write(`${text}\n`);
  };
  say(spendLine(registry));

  const server = await startDemoServer(registry);
  try {
    const progress = progressOn(errors);
    let result: DemoResult;
    if (values.events === undefined) {
      say(`seed ${seed}; ${clients.toLocaleString('en')} installations report to ${server.url}\n`);
      const behaviour = values.registry === undefined ? 'browser' : 'generic';
      result = await runDemo(
        { registry, behaviour, clients, seed, candidates, threads: THREADS, onProgress: progress.show },
        server,
      );
    } else {
      say(`seed ${seed}; the events of ${values.events} report to ${server.url}\n`);
      result = await playEvents({ registry, file: values.events, seed, candidates, onProgress: progress.show }, server);
    }
    progress.clear();
    if (values.json) out.write(`${JSON.stringify(reportJson(registry, result))}\n`);
    else say(reportText(registry, result));
    if (values.serve) {
      errors.write(`serving ${server.url}/v1/metrics until Ctrl-C\n`);
      await new Promise<void>((resolve) => process.once('SIGINT', resolve));
    }
    return result.isPassed ? 0 : 1;
  } finally {
    await server.close();
  }
}

async function candidatesFor(
  registry: Registry,
  given: { readonly registry?: string; readonly candidates?: string },
): Promise<Candidates> {
  if (given.registry === undefined) return CANDIDATES;
  return given.candidates === undefined ? new Map() : readCandidates(given.candidates, registry);
}

class UsageError extends Error {}

function spendLine({ bound, wire, app, participation }: Registry): string {
  const part = participation === 'all' ? '' : ' (it reports the part of them it draws anew in each)';
  return `One person's device spends at most epsilon ${bound.perWindow} in ${bound.windowDays} days, over ${wire.length === 1 ? 'the one metric' : `all ${wire.length} metrics`} of ${app}${part}, and at most ${bound.lifetime} in its life.`;
}

function progressOn(stream: DemoOutput): { show(share: number): void; clear(): void } {
  let shown = -1;
  return {
    show(share) {
      const percent = Math.floor(100 * share);
      const step = stream.isTTY ? 1 : 10;
      if (percent < shown + step) return;
      shown = percent;
      stream.write(stream.isTTY ? `\r${percent}%` : `${percent}%\n`);
    },
    clear() {
      if (stream.isTTY) stream.write('\r    \r');
    },
  };
}
