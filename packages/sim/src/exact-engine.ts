import { setImmediate } from 'node:timers/promises';
import type { WordSource } from '@dither/mechanisms';
import type { Engine, Job } from './engine.js';
import { SimError } from './errors.js';
import { type ExactSampler, exactSampler } from './exact/sampler.js';
import { inclusionShares } from './inclusion.js';
import type { SimulatedMetric } from './metrics.js';
import { holdersOf, type Population, sharesOf } from './population.js';
import { binomial } from './random/binomial.js';
import { multinomial } from './random/multinomial.js';
import { seededSources } from './seeded.js';

/**
 * All installations at once: how many report each metric, how many of these hold each value, and what the server would hold of
 * their reports, each drawn from its exact law in time that does not grow with the installations.
 *
 * Each metric has the law that clients give; metrics are drawn independently of one another. So what joins them is lost:
 * values of one installation, which metrics it reports where it draws them, and the cohort that latched ones share.
 *
 * @throws SimError `exact-unavailable`, `inclusion-unknown`
 */
export const exact: Engine = async function* (job, { onProgress = () => undefined, stop }) {
  const { metrics, clients, repetitions } = job;
  const sources = seededSources(job.seed);
  const inclusion = inclusionShares(job.registry);
  const laws = metrics.map((metric, place) => lawOf(job, metric, place, inclusion[place] as number));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await setImmediate();
    if (stop?.aborted) return;
    const tallies = laws.map(({ holders: drawHolders, sampler }, i) => {
      const name = `${repetition}/${metrics[i]?.metric.id}`;
      const holders = drawHolders(sources(`holders/${name}`));
      return { holders, state: sampler.sample(holders, sources(`exact/${name}`)) };
    });
    onProgress((repetition + 1) * clients);
    yield { repetition, clients, tallies };
  }
};

interface Law {
  readonly holders: (source: WordSource) => Float64Array;
  readonly sampler: ExactSampler;
}

function lawOf({ population, clients }: Job, metric: SimulatedMetric, place: number, inclusion: number): Law {
  return { sampler: samplerOf(metric), holders: holdersLaw(population, place, clients, inclusion) };
}

/** @throws SimError `exact-unavailable` where the state of a metric can be had from clients alone */
export function samplerOf({ metric, mechanism, params, ...rest }: SimulatedMetric): ExactSampler {
  const sampler = exactSampler(mechanism, params, rest.answers === 'texts' ? rest.texts : undefined);
  if (sampler !== undefined) return sampler;
  throw new SimError(
    'exact-unavailable',
    `${metric.id}: ${mechanism.id} has no law that is short to draw from; --engine clients can`,
  );
}

/** How many report a metric, by true value. */
function holdersLaw(population: Population, place: number, clients: number, inclusion: number): Law['holders'] {
  const { size, values } = population;
  if (values.kind === 'observed' && size !== undefined) {
    const all = holdersOf(values, place);
    return (source) => all.map((count) => binomial(source, count, inclusion));
  }
  const shares = sharesOf(population, place);
  return (source) => multinomial(source, binomial(source, clients, inclusion), shares);
}
