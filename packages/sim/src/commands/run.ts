import { secureSource } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { loadRegistry } from '@dither/protocol/node';
import { readCandidates } from '../candidates.js';
import { SimError } from '../errors.js';
import { runExperiment } from '../experiment.js';
import type { Io } from '../io.js';
import { policy } from '../policy.js';
import { type BadLine, badLineReasons } from '../population/event-lines.js';
import { openPopulation } from '../population/open.js';
import { progress } from '../progress.js';
import { type RunReport, runReport } from '../report.js';
import { reportText } from '../report-text.js';
import { scenario, scenarios } from '../scenarios.js';
import { freshSeed, seededSources } from '../seeded.js';
import { summing } from '../summary.js';
import { defineCommand, type Given, wholeNumber } from './command.js';

type Name = 'registry' | 'population' | 'candidates' | 'scenario' | 'clients' | 'repetitions' | 'seed' | 'json';

export const run = defineCommand<Name>({
  meta: {
    name: 'run',
    summary: 'truth against estimate, installation by installation',
    detail: [
      'Draws installations from a population, passes each value through the randomizer an app would ship, adds the',
      'reports up as a server would, and prints what was true beside what the server would say.',
      'Exits with 0; with 1 if the intervals hold the truth less often than promised; with 2 if the input is refused.',
    ].join('\n'),
  },
  args: {
    registry: { value: 'FILE', summary: 'declared metrics: canonical JSON, or a module that exports a registry' },
    population: {
      value: 'NAME|FILE',
      summary: 'uniform, zipf, zipf:EXPONENT, distributions in a .json file, or events in a .csv file',
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
    seed: { value: 'TEXT', summary: 'replays a run byte for byte; a fresh one is drawn and printed unless given' },
    json: { summary: 'one JSON object instead of tables' },
  },
  async run(given, io) {
    const report = await simulate(given, io);
    io.out(given.json ? `${JSON.stringify(report)}\n` : reportText(report));
    return report.coverage.isPassed ? 0 : 1;
  },
});

async function simulate(given: Given<Name>, io: Io): Promise<RunReport> {
  const ready = given.scenario === undefined ? undefined : scenario(String(given.scenario));
  const registryFile = needed('registry', given.registry ?? ready?.registry);
  const populationName = needed('population', given.population ?? ready?.population);
  const asked = wholeNumber('clients', given.clients, policy.maxClients) ?? ready?.clients;
  const repetitions = wholeNumber('repetitions', given.repetitions, policy.maxRepetitions) ?? 1;
  const seed = given.seed === undefined ? freshSeed(secureSource(globalThis.crypto)) : String(given.seed);

  const sources = seededSources(seed);
  const registry = await loadRegistry(registryFile);
  const population = await openPopulation(populationName, registry, {
    clients: asked,
    source: sources('events'),
    onBadLine: badLineNotes(populationName, io),
  });
  const clients = asked ?? population.size ?? Math.min(registry.expectedClients, policy.defaultClients);

  const candidates =
    given.candidates === undefined ? undefined : await readCandidates(String(given.candidates), registry);

  const bar = progress(clients * repetitions, io);
  const sums = summing(sources('tested cells'));
  const experiment = {
    registry,
    mechanisms: catalogue,
    population,
    ...(candidates === undefined ? {} : { candidates }),
    clients,
    repetitions,
    sources,
  };
  for (const trial of runExperiment(experiment, bar.update)) sums.add(trial);
  bar.end();
  return runReport({ registry, population, clients, seed, summary: sums.result() });
}

function needed(name: string, value: string | true | undefined): string {
  if (typeof value === 'string') return value;
  throw new SimError('argument-missing', `--${name} is needed, or --scenario`);
}

/** Names the first bad lines; how many there are in all stands in the report. */
function badLineNotes(file: string, io: Io): (line: BadLine) => void {
  let named = 0;
  return ({ line, reason }) => {
    if (named++ < policy.namedBadLines) io.note(`${file}:${line}: left out: ${reason}: ${badLineReasons[reason]}\n`);
    else if (named === policy.namedBadLines + 1) io.note(`${file}: further lines left out are counted, not named\n`);
  };
}
