import { type Mechanism, probability } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { GrrParams } from '@dither/mechanisms/grr';
import type { client as oue } from '@dither/mechanisms/oue';
import { describe, expect, it } from 'vitest';
import { type Case, indexCase } from '../../mechanisms/test/contract/case.js';
import { type ExactSampler, exactSampler } from '../src/exact/sampler.js';
import { binomial } from '../src/random/binomial.js';
import { seededSources } from '../src/seeded.js';
import { lawCases, textsOf } from './support/law-cases.js';
import { againstClients, manyInstallations, oneInstallation } from './support/law-checks.js';

/*
 * The sampler against the law: of one installation by enumeration, of many by sums of cumulants, and against installations
 * that each make a report. Everything is seeded: a test passes always or never, and false-alarm rates are those over seeds.
 */

const sources = seededSources('exact law');

/** Of each p-value; of a case there are at most ten, of all cases less than 300: together below 1e-4. */
const ALPHA = 1e-7;

/**
 * Standard deviations. A normal score is beyond it 2e-9 of the time; that of a variance, which is skewed, 1e-7 at 600 draws.
 * There are less than a thousand: together below 1e-4.
 */
const OFF = 6;

function samplerOf(own: Case): ExactSampler {
  return exactSampler(own.mechanism as Mechanism, own.params, textsOf(own)) as ExactSampler;
}

describe('every mechanism', () => {
  it('has a sampler, of the joint law but for subset selection', () => {
    const laws = lawCases(1).map((own) => [own.mechanism.id, samplerOf(own).law]);
    expect(laws.filter(([, law]) => law === 'marginal')).toEqual([['subset-selection', 'marginal']]);
    expect(laws.map(([id]) => id)).toEqual([...catalogue.keys()]);
  });
});

describe.each(lawCases(1).map((own) => [own.mechanism.id, own] as const))('the sampler of %s', (id, own) => {
  const sampler = samplerOf(own);

  it('gives one installation the states of its reports, as often as the channel says', () => {
    expect(oneInstallation(own, sampler, 2000, sources(`one/${id}`))).toBeGreaterThan(ALPHA);
  });

  it.each([50, 20_000])('gives %i installations the means and variances of the law', (installations) => {
    const source = sources(`many/${installations}/${id}`);
    expect(manyInstallations(own, sampler, { installations, draws: 600 }, source)).toBeLessThan(OFF);
  });

  it('cannot be told from installations that each make a report', () => {
    const source = sources(`clients/${id}`);
    expect(againstClients(own, sampler, { installations: 30, draws: 200 }, source)).toBeGreaterThan(ALPHA);
  });

  it('counts as many reports as there are installations', () => {
    const holders = Float64Array.from(own.values, (_, value) => value * 1e8);
    expect(sampler.sample(holders, sources('sum')).n).toBe(holders.reduce((sum, clients) => sum + clients, 0));
  });
});

function frequencies(id: string, domainSize: number, epsilon = 1): Case {
  const mechanism = catalogue.get(id) as Extract<Mechanism, { answers: 'frequencies' }>;
  return indexCase(mechanism, epsilon, domainSize);
}

describe('the sampler of count-mean-sketch', () => {
  it('cannot be told from installations over several rows, whose reports are too many to list', () => {
    const own = frequencies('count-mean-sketch', 100);
    const size = { installations: 50, draws: 200 };
    expect(againstClients(own, samplerOf(own), size, sources('clients of rows'))).toBeGreaterThan(ALPHA);
  });
});

describe('what is wrong', () => {
  const source = sources('broken');
  const isRefused = (own: Case, sample: ExactSampler['sample']) => ({
    byLaw: manyInstallations(own, { law: 'joint', sample }, { installations: 20_000, draws: 1000 }, source) > OFF,
    byClients: againstClients(own, { law: 'joint', sample }, { installations: 30, draws: 200 }, source) < ALPHA,
  });
  /** A state with counters that `countOf` draws of so many that own a value and all others. */
  const byCounter =
    (own: Case, countOf: (owners: number, others: number) => number): ExactSampler['sample'] =>
    (holders) => {
      const n = Array.from(holders).reduce((sum, clients) => sum + clients, 0);
      const counts = Float64Array.from(holders, (owners) => countOf(owners, n - owners));
      return { ...own.aggregator.empty(own.params), n, counts };
    };

  it('is refused: each counter with its law, but independently, where a report is one of them', () => {
    const own = frequencies('grr', 8);
    const keep = probability((own.params as GrrParams).keep);
    const q = (1 - keep) / 8;
    const sample = byCounter(own, (owners, others) => binomial(source, owners, keep + q) + binomial(source, others, q));
    expect(isRefused(own, sample)).toEqual({ byLaw: true, byClients: true });
  });

  it('is refused: subset selection as if its law were the joint one', () => {
    const own = frequencies('subset-selection', 7);
    expect(isRefused(own, samplerOf(own).sample)).toEqual({ byLaw: true, byClients: true });
  });

  it('is refused: owners of a bit who may set it twice', () => {
    const own = frequencies('oue', 5);
    const { bits } = own.params as ReturnType<typeof oue.params>;
    const [set, unset] = [probability(bits.set), probability(bits.unset)];
    const sample = byCounter(
      own,
      (owners, others) => binomial(source, owners, set) + binomial(source, owners + others, unset),
    );
    expect(isRefused(own, sample)).toEqual({ byLaw: true, byClients: true });
  });

  it('is refused: an epsilon a twentieth too large, of many installations', () => {
    for (const id of ['projective-geometry', 'hadamard-response', 'local-hashing', 'recursive-hadamard']) {
      const sampler = samplerOf(frequencies(id, 8, 1.05));
      expect(isRefused(frequencies(id, 8), sampler.sample).byLaw).toBe(true);
    }
  });
});
