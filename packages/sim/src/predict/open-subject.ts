import type { WordSource } from '@dither/mechanisms';
import { bellCurves } from '@dither/mechanisms/advise';
import { type Kind, type Metric, type Registry, policy as registryPolicy } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import type { Given } from '../commands/command.js';
import { wholeNumber } from '../commands/command.js';
import { SimError } from '../errors.js';
import type { Io } from '../io.js';
import { shapedPopulation } from '../population/declared.js';
import { openPopulation } from '../population/open.js';
import { type Population, sharesOf } from '../population.js';
import { BARE_ID, bareRegistry } from './bare.js';
import type { Subject } from './subject.js';

const KINDS: readonly Kind[] = ['boolean', 'category', 'count', 'timing', 'quantity', 'text'];

/** Beside any other kind the argument would be ignored. */
function kindsBut(...kinds: readonly Kind[]): readonly string[] {
  return KINDS.filter((kind) => !kinds.includes(kind)).map((kind) => `kind=${kind}`);
}

/** Arguments that say which metric, declared or not, and what is true of its installations. */
export const subjectArguments = {
  registry: { value: 'FILE', summary: 'declared metrics: canonical JSON, or a module that exports a registry' },
  metric: { value: 'ID', summary: 'of the registry', needs: 'registry' },
  population: {
    value: 'NAME|FILE',
    summary:
      'uniform, zipf, zipf:EXPONENT, distributions in .json, or events in .csv; uniform unless told, numbers bell-shaped',
  },
  kind: {
    value: 'KIND',
    summary: 'without a registry: boolean, category, count, timing, quantity or text',
    excludes: ['registry'],
  },
  values: {
    value: 'K',
    summary: 'of a category: how many there are; 16 unless told',
    excludes: ['registry', ...kindsBut('category')],
  },
  clamp: {
    value: 'N',
    summary: 'of a count: the largest one told apart; 20 unless told',
    excludes: ['registry', ...kindsBut('count')],
  },
  buckets: {
    value: 'N',
    summary: 'of a timing or a quantity; 64 unless told',
    excludes: ['registry', ...kindsBut('timing', 'quantity')],
  },
  range: {
    value: 'LOW:HIGH',
    summary: 'of a timing or a quantity; 100:10000 or 0:100 unless told',
    excludes: ['registry', ...kindsBut('timing', 'quantity')],
  },
  period: { value: 'DAYS', summary: 'between reports: 1, 7 or 28; that of the registry, else 28, unless told' },
} as const;

type SubjectName = keyof typeof subjectArguments;

const MOST_VALUES = registryPolicy.maxCategories;
const MOST_CLAMP = 2 ** 20;

/**
 * @param usual - the kind where neither a registry nor `--kind` says one
 * @throws SimError `argument-missing`, `argument-invalid`, `metric-unknown`, `metric-latched`, and what opening the registry or
 *   the population throws
 */
export async function openSubject(
  given: Given<SubjectName>,
  usual: Kind | undefined,
  source: WordSource,
  io: Pick<Io, 'note'>,
): Promise<Subject> {
  const registry =
    given.registry === undefined ? bareRegistry(bareOf(given, usual)) : await loadRegistry(String(given.registry));
  const id = given.registry === undefined ? BARE_ID : String(given.metric ?? '');
  const population = await openShares(given, registry, source, io);
  return subjectOf(registry, id, population, periodOf(given));
}

/** The population of a registry, of which shares alone matter here. Unless one is named, the assumed one. */
export async function openShares(
  { population }: Given<'population'>,
  registry: Registry,
  source: WordSource,
  { note }: Pick<Io, 'note'>,
): Promise<Population> {
  if (population === undefined) return assumed(registry);
  let left = 0;
  const onBadLine = (): void => {
    left++;
  };
  const opened = await openPopulation(String(population), registry, { clients: undefined, source, onBadLine });
  if (left > 0) note(`${String(population)}: ${left} line(s) left out\n`);
  return opened;
}

/**
 * Every value alike, but for timings and quantities: these lie on a bell curve over the buckets whose middle is at three tenths of
 * the range. A flat curve is what some estimates of percentiles begin with: without a look at reports they would be right of it.
 */
function assumed(registry: Registry): Population {
  const flat = shapedPopulation('uniform', { uniform: {} }, registry);
  if (flat.values.kind !== 'declared') return flat;
  const shares = flat.values.shares.map((own, place) => {
    const metric = registry.wire[place] as Metric;
    return isNumber(metric) ? (bellCurves(metric.domainSize - 1)[0] as Float64Array) : own;
  });
  const name = registry.wire.some(isNumber) ? 'assumed: uniform, numbers on a bell curve' : 'uniform';
  return { ...flat, name, isAssumed: true, values: { kind: 'declared', shares } };
}

function isNumber({ kind }: Metric): boolean {
  return kind === 'timing' || kind === 'quantity';
}

/** @throws SimError `metric-unknown`, `metric-latched` */
export function subjectOf(registry: Registry, id: string, population: Population, period?: Metric['period']): Subject {
  const place = registry.wire.findIndex((metric) => metric.id === id);
  const metric = registry.wire[place];
  if (metric === undefined) {
    throw new SimError('metric-unknown', `--metric is one of ${registry.wire.map((one) => one.id).join(', ')}`);
  }
  if (metric.latch !== undefined) {
    throw new SimError(
      'metric-latched',
      `${id} is latched: what its reports cost together is looked at by dither-sim longitudinal`,
    );
  }
  const texts = population.texts.get(id);
  return {
    metric: period === undefined ? metric : { ...metric, period },
    shares: sharesOf(population, place),
    ...(texts === undefined ? {} : { texts }),
    population: population.name,
    budget: registry.budget,
    ...(population.isAssumed && isNumber(metric) ? { isAssumed: true as const } : {}),
  };
}

function periodOf(given: Given<'period'>): Metric['period'] | undefined {
  const asked = given.period === undefined ? undefined : Number(given.period);
  const period = registryPolicy.periods.find((days) => days === asked);
  if (asked !== undefined && period === undefined) {
    throw new SimError('argument-invalid', `--period is one of ${registryPolicy.periods.join(', ')}`);
  }
  return period;
}

function bareOf(given: Given<SubjectName>, usual: Kind | undefined) {
  if (given.metric !== undefined)
    throw new SimError('argument-missing', '--metric is one of a registry: --registry FILE is needed');
  const kind = KINDS.find((one) => one === (given.kind ?? usual));
  if (kind === undefined)
    throw new SimError('argument-missing', `--registry FILE is needed, or --kind: ${KINDS.join(', ')}`);
  return {
    kind,
    values: wholeNumber('values', given.values, MOST_VALUES) ?? 16,
    clamp: wholeNumber('clamp', given.clamp, MOST_CLAMP) ?? 20,
    buckets: wholeNumber('buckets', given.buckets, MOST_VALUES) ?? 64,
    range: rangeOf(given.range) ?? (kind === 'timing' ? ([100, 10_000] as const) : ([0, 100] as const)),
    period: 28,
  };
}

function rangeOf(text: string | true | undefined): readonly [number, number] | undefined {
  if (text === undefined) return undefined;
  const [low = Number.NaN, high = Number.NaN, ...rest] = String(text).split(':').map(Number);
  if (!(low < high) || rest.length > 0) throw new SimError('argument-invalid', '--range is two numbers, LOW:HIGH');
  return [low, high];
}
