import { secureSource, uniformInt, type WordSource } from '@dither/mechanisms';
import { labels } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { attackedMechanisms, isAttacked } from '../attack/forge.js';
import { type DrawChoice, drawChoices } from '../attack/forgery.js';
import { attackPage } from '../attack/page.js';
import { type AttackNames, attackReport } from '../attack/report.js';
import { type AttackOptions, simulateAttacks } from '../attack/simulate.js';
import { type QuickSize, quickSize } from '../attack/work.js';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import { openPopulation } from '../population/open.js';
import { normalized, zipfWeights } from '../population/shares.js';
import { sharesOf } from '../population.js';
import { progress } from '../progress.js';
import { freshSeed, seededSources } from '../seeded.js';
import { mechanismArguments, mechanismSubject, metricSubjects, type Subject } from '../subject.js';
import { commonArguments, defineCommand, type Given, sameAgain, wholeNumber } from './command.js';
import { finish, finishEmpty } from './finish.js';
import { someNumber, someNumbers } from './numbers.js';

type Name =
  | 'registry'
  | 'metric'
  | keyof typeof mechanismArguments
  | 'population'
  | 'clients'
  | 'forged'
  | 'targets'
  | 'draws'
  | 'tries'
  | 'alpha'
  | 'repetitions'
  | keyof typeof commonArguments;

const limits = policy.attack;

export const attack = defineCommand<Name>({
  meta: {
    name: 'attack',
    summary: 'how far forged reports push a metric, and what a server sees of it',
    detail: [
      'Adds forged reports to those of honest installations, as a server would, and prints what the estimates of the',
      'targets gained, beside the closed form and the worst case; and how often a look at the added-up state finds it.',
      `Of these mechanisms: ${attackedMechanisms.join(', ')}.`,
    ].join('\n'),
  },
  args: {
    registry: { value: 'FILE', summary: 'declared metrics: canonical JSON, or a module that exports a registry' },
    metric: { value: 'ID', summary: 'the one that is attacked; needed with --registry', needs: 'registry' },
    ...mechanismArguments,
    population: {
      value: 'NAME|FILE',
      summary: 'as of run; of --mechanism uniform, zipf or zipf:EXPONENT; zipf unless told',
    },
    clients: { value: 'N', summary: `honest installations; ${limits.clients} unless told` },
    forged: { value: 'SHARE,...', summary: `of all reports, forged; ${limits.forged.join(',')} unless told` },
    targets: { value: 'N|VALUE,...', summary: `so many values at random, or these; ${limits.targets} unless told` },
    draws: { value: 'NAME,...', summary: `of public draws, how forgers come by them: ${drawChoices.join(', ')}; all` },
    tries: {
      value: 'G',
      summary: `nonces tried for a report whose draw is ground; ${limits.tries} unless told`,
      excludes: ['draws=chosen', 'draws=assigned', 'draws=chosen,assigned', 'draws=assigned,chosen'],
    },
    alpha: { value: 'A', summary: `level of the detectors; ${limits.alpha} unless told` },
    repetitions: { value: 'R', summary: `${limits.repetitions} unless told` },
    ...commonArguments,
    quick: {
      summary: `fewer repetitions, and at most ${limits.quickClients[0]} installations unless told: some seconds, or refused`,
    },
  },
  async run(given, io) {
    const { names, options } = await prepare(given);
    const bar = progress(options.repetitions, 'repetitions', io);
    const outcome = await simulateAttacks(options, io.stop, bar.update);
    bar.end();
    if (outcome.repetitions === 0) return finishEmpty(io);
    const report = attackReport(names, options, outcome);
    return finish(report, attackPage(report), given, io);
  },
});

async function prepare(given: Given<Name>): Promise<{ readonly names: AttackNames; readonly options: AttackOptions }> {
  const seed = given.seed === undefined ? freshSeed(secureSource(globalThis.crypto)) : String(given.seed);
  const sources = seededSources(seed);
  const asked = {
    clients: wholeNumber('clients', given.clients, limits.maxClients),
    repetitions: wholeNumber('repetitions', given.repetitions, policy.maxRepetitions),
  };
  const { subject, shares, population } = await populated(given, asked.clients ?? limits.clients, sources('events'));
  const { mechanism, params, metric } = subject;
  if (mechanism.answers !== 'frequencies' || !isAttacked(mechanism.id)) {
    throw new SimError('mechanism-unknown', `attacks are known on ${attackedMechanisms.join(', ')}`);
  }
  const valueLabels = metric === undefined ? undefined : labels(metric);
  const isForged = (share: number) => share > 0 && share <= limits.maxForged;
  const isAlpha = (alpha: number) => alpha > 0 && alpha < 1;
  const what = {
    mechanism,
    params: params as AttackOptions['params'],
    targets: targetsOf(given.targets, valueLabels, shares.length, sources('targets')),
    forged:
      someNumbers('forged', given.forged, `a share above 0, at most ${limits.maxForged}`, isForged) ?? limits.forged,
    draws: drawsOf(given.draws),
  };
  return {
    names: {
      arguments: sameAgain('attack', given, seed),
      seed,
      label: subject.label,
      population,
      valueLabel: (value) => valueLabels?.[value] ?? String(value),
    },
    options: {
      ...what,
      ...sizeOf(given, what, asked),
      shares,
      tries: wholeNumber('tries', given.tries, limits.maxTries) ?? limits.tries,
      alpha: someNumber('alpha', given.alpha, 'a number above 0 and below 1', isAlpha) ?? limits.alpha,
      sources,
    },
  };
}

/** @throws SimError `work-too-much` */
function sizeOf(
  { quick }: Given<Name>,
  what: Parameters<typeof quickSize>[0],
  { clients, repetitions }: { readonly [K in keyof QuickSize]: number | undefined },
): QuickSize {
  if (quick === undefined) {
    return { clients: clients ?? limits.clients, repetitions: repetitions ?? limits.repetitions };
  }
  const size = quickSize(what, {
    ...(clients === undefined ? {} : { clients }),
    ...(repetitions === undefined ? {} : { repetitions }),
  });
  if (size !== undefined) return size;
  throw new SimError(
    'work-too-much',
    'this takes more than a few seconds even at its smallest: leave --quick out, or lower --values, --clients, --targets or --repetitions',
  );
}

interface Populated {
  readonly subject: Subject;
  readonly shares: Float64Array;
  readonly population: string;
}

async function populated(given: Given<Name>, clients: number, source: WordSource): Promise<Populated> {
  if ((given.registry === undefined) === (given.mechanism === undefined)) {
    throw new SimError('argument-missing', 'either --registry or --mechanism is needed');
  }
  const population = String(given.population ?? 'zipf');
  if (given.registry === undefined) {
    const subject = mechanismSubject(given);
    const { domainSize } = subject.params as AttackOptions['params'];
    return { subject, shares: shapedShares(population, domainSize), population };
  }
  const registry = await loadRegistry(String(given.registry));
  if (given.metric === undefined) throw new SimError('argument-missing', '--metric ID is needed with --registry');
  const [subject] = metricSubjects(registry, String(given.metric)) as [Subject];
  const opened = await openPopulation(population, registry, { clients, source, onBadLine: () => undefined });
  const place = registry.wire.findIndex(({ id }) => id === subject.label);
  return { subject, shares: sharesOf(opened, place), population };
}

function shapedShares(name: string, domainSize: number): Float64Array {
  const exponent = name === 'uniform' ? 0 : Number(/^zipf(?::(\d+(?:\.\d+)?))?$/.exec(name)?.[1] ?? 1);
  if (name !== 'uniform' && !/^zipf(:\d+(\.\d+)?)?$/.test(name)) {
    throw new SimError('argument-invalid', '--population of a mechanism by itself is uniform, zipf or zipf:EXPONENT');
  }
  return normalized(zipfWeights(domainSize, exponent));
}

/** So many values at random, or those that are named. */
function targetsOf(
  text: string | true | undefined,
  valueLabels: readonly string[] | undefined,
  domainSize: number,
  source: WordSource,
): readonly number[] {
  const isCount =
    text === undefined || (typeof text === 'string' && /^\d+$/.test(text) && !valueLabels?.includes(text));
  if (!isCount) {
    const values = String(text)
      .split(',')
      .map((label) => valueLabels?.indexOf(label) ?? (/^\d+$/.test(label) ? Number(label) : -1));
    if (values.every((value) => value >= 0 && value < domainSize)) return [...new Set(values)];
    throw new SimError('argument-invalid', `--targets is a number of values, or of their names, with commas between`);
  }
  const most = domainSize - 1;
  const count = wholeNumber('targets', text, most) ?? Math.min(limits.targets, Math.ceil(domainSize / 4));
  const values = Array.from({ length: domainSize }, (_, value) => value);
  for (let i = 0; i < count; i++) {
    const j = i + uniformInt(source, domainSize - i);
    [values[i], values[j]] = [values[j] as number, values[i] as number];
  }
  return values.slice(0, count).sort((a, b) => a - b);
}

function drawsOf(text: string | true | undefined): readonly DrawChoice[] {
  if (text === undefined) return drawChoices;
  const names = String(text).split(',');
  const known = drawChoices.filter((choice) => names.includes(choice));
  if (known.length === new Set(names).size) return known;
  throw new SimError('argument-invalid', `--draws is one or more of ${drawChoices.join(', ')}, with commas between`);
}
