import { availableParallelism } from 'node:os';
import { secureSource } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { loadRegistry } from '@dither/protocol/node';
import { readCandidates } from '../candidates.js';
import { chooseEngine, type EngineName } from '../choose-engine.js';
import { SimError } from '../errors.js';
import type { Io } from '../io.js';
import { simulatedMetrics } from '../metrics.js';
import { policy } from '../policy.js';
import { type BadLine, badLineReasons } from '../population/event-lines.js';
import { drawnFrom } from '../population/observed.js';
import { openPopulation } from '../population/open.js';
import type { Population } from '../population.js';
import { runPage } from '../run/page.js';
import { type RunReport, runReport } from '../run/report.js';
import { runWindows } from '../run/windows.js';
import { scenario, scenarios } from '../scenarios.js';
import { freshSeed, seededSources } from '../seeded.js';
import { commonArguments, defineCommand, engineArguments, type Given, sameAgain, wholeNumber } from './command.js';
import { finish, finishEmpty } from './finish.js';

type Name =
  | 'registry'
  | 'population'
  | 'candidates'
  | 'scenario'
  | 'clients'
  | 'repetitions'
  | 'windows'
  | keyof typeof engineArguments
  | keyof typeof commonArguments;

export const run = defineCommand<Name>({
  meta: {
    name: 'run',
    summary: 'truth against estimate, metric by metric',
    detail: [
      'Draws installations from a population, passes each value through the randomizer an app would ship, adds the',
      'reports up as a server would, and prints what was true beside what the server would say.',
      'Exits with 0; with 1 if the intervals hold the truth less often than promised; with 2 if the input is refused; with',
      '130 if it was stopped by Ctrl-C, having printed what was done until then.',
    ].join('\n'),
  },
  args: {
    registry: { value: 'FILE', summary: 'declared metrics: canonical JSON, or a module that exports a registry' },
    population: {
      value: 'NAME|FILE',
      summary: 'uniform, zipf, zipf:EXPONENT, distributions in a .json file, events or installations in a .csv file',
    },
    candidates: {
      value: '[ID=]FILE,...',
      summary: 'texts to look for, one per line, for all text metrics or one; unless told those of the population',
    },
    scenario: {
      value: 'NAME',
      summary: `a ready registry, population and size: ${Object.keys(scenarios).join(', ')}`,
    },
    clients: {
      value: 'N',
      summary: `installations; unless told those of a .csv file, else what the registry expects, at most ${policy.defaultClients}`,
    },
    repetitions: { value: 'R', summary: 'times the whole is repeated, with new installations and new coins; 1' },
    windows: {
      value: 'W',
      summary: `budget windows, one after the other; ${policy.driftWindows} where the population drifts, else 1`,
    },
    ...engineArguments,
    ...commonArguments,
    quick: {
      summary: 'fewer repetitions, and fewer installations where these take the time: under ten seconds as a rule',
    },
  },
  async run(given, io) {
    const report = await simulate(given, io);
    if (report === undefined) return finishEmpty(io);
    const code = await finish(report, runPage(report), given, io);
    return code === 0 && !report.coverage.isPassed ? 1 : code;
  },
});

async function simulate(given: Given<Name>, io: Io): Promise<RunReport | undefined> {
  const ready = given.scenario === undefined ? undefined : scenario(String(given.scenario));
  const registryFile = needed('registry', given.registry ?? ready?.registry);
  const populationName = needed('population', given.population ?? ready?.population);
  const asked = wholeNumber('clients', given.clients, policy.maxExactClients) ?? ready?.clients;
  const threads = wholeNumber('threads', given.threads, policy.maxThreads) ?? availableParallelism();
  const seed = given.seed === undefined ? freshSeed(secureSource(globalThis.crypto)) : String(given.seed);

  const registry = await loadRegistry(registryFile);
  const population = await openPopulation(populationName, registry, {
    clients: asked,
    source: seededSources(seed)('events'),
    onBadLine: badLineNotes(populationName, io),
  });
  const windows = windowsOf(given, population);
  const candidates =
    given.candidates === undefined ? undefined : await readCandidates(String(given.candidates), registry);
  const simulation = {
    registry,
    mechanisms: catalogue,
    population,
    ...(candidates === undefined ? {} : { candidates }),
  };

  const wanted = {
    clients: asked ?? population.size ?? Math.min(registry.expectedClients, policy.defaultClients),
    repetitions: wholeNumber('repetitions', given.repetitions, policy.maxRepetitions) ?? 1,
  };
  const choice = chooseEngine({
    registry,
    metrics: simulatedMetrics(simulation),
    engine: engineName(given.engine),
    threads,
    clients: wanted.clients,
    repetitions: wanted.repetitions * windows,
  });
  const size = given.quick === undefined ? wanted : quickly(wanted, choice.name, windows);
  const drawn = size.clients < (population.size ?? 0) ? drawnFrom(population) : population;
  const done = await runWindows(
    { ...simulation, ...size, population: drawn, seed, engine: choice.engine },
    windows,
    io,
  );
  if (done.summary === undefined) return undefined;
  return runReport({
    arguments: sameAgain('run', given, seed),
    registry,
    population,
    clients: done.clients,
    seed,
    choice,
    summary: done.summary,
    ...(windows === 1 ? {} : { windows: done.windows }),
    ...(done.isPartial ? { asked: { ...size, windows } } : {}),
  });
}

function needed(name: string, value: string | true | undefined): string {
  if (typeof value === 'string') return value;
  throw new SimError('argument-missing', `--${name} is needed, or --scenario`);
}

function windowsOf(given: Given<Name>, { values }: Population): number {
  const asked = wholeNumber('windows', given.windows, policy.maxWindows);
  if (values.kind === 'declared') return asked ?? (values.end === undefined ? 1 : policy.driftWindows);
  if (asked === undefined || asked === 1) return 1;
  throw new SimError('argument-invalid', '--windows is for declared populations: a .csv file is of one window');
}

interface Size {
  readonly clients: number;
  readonly repetitions: number;
}

/** Cuts repetitions first, then installations where these take the time. */
function quickly({ clients, repetitions }: Size, engine: EngineName, windows: number): Size {
  const most = engine === 'exact' ? policy.quickRepetitions : policy.quickInstallations / clients;
  const few = Math.max(1, Math.min(repetitions, Math.floor(most / windows)));
  const installations = Math.max(1, Math.floor(policy.quickInstallations / windows));
  return { repetitions: few, clients: engine === 'exact' ? clients : Math.min(clients, installations) };
}

function engineName(given: string | true | undefined): EngineName | undefined {
  if (given === undefined || given === 'clients' || given === 'exact') return given;
  throw new SimError('argument-invalid', '--engine is clients or exact');
}

/** Names the first bad lines; how many there are in all stands in the report. */
function badLineNotes(file: string, io: Io): (line: BadLine) => void {
  let named = 0;
  return ({ line, column, reason }) => {
    if (named++ < policy.namedBadLines)
      io.note(`${file}:${line}:${column}: left out: ${reason}: ${badLineReasons[reason]}\n`);
    else if (named === policy.namedBadLines + 1) io.note(`${file}: further lines left out are counted, not named\n`);
  };
}
