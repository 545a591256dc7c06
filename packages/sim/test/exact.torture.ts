import type { Mechanism } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { type ExactSampler, exactSampler } from '../src/exact/sampler.js';
import { seededSources } from '../src/seeded.js';
import { lawCases, textsOf } from './support/law-cases.js';
import { againstClients, manyInstallations, oneInstallation } from './support/law-checks.js';

/* `exact.stat.test.ts` at other epsilons, where rows, blocks, cells and windows are others, and with ten times the draws. */

const sources = seededSources('exact law at length');

/** False-alarm rates, over seeds: as there, of three times as many tests together below 1e-3. */
const ALPHA = 1e-7;
const OFF = 6;

const cases = [0.3, 2.5, 5].flatMap((epsilon) =>
  lawCases(epsilon).map((own) => [own.mechanism.id, epsilon, own] as const),
);

describe.each(cases)('the sampler of %s, epsilon %f', (id, epsilon, own) => {
  const sampler = exactSampler(own.mechanism as Mechanism, own.params, textsOf(own)) as ExactSampler;
  const name = `${id}/${epsilon}`;

  it('has the law of its reports', () => {
    expect(oneInstallation(own, sampler, 20_000, sources(`one/${name}`))).toBeGreaterThan(ALPHA);
    for (const installations of [50, 20_000]) {
      const source = sources(`many/${installations}/${name}`);
      expect(manyInstallations(own, sampler, { installations, draws: 6000 }, source)).toBeLessThan(OFF);
    }
    const size = { installations: 30, draws: 2000 };
    expect(againstClients(own, sampler, size, sources(`clients/${name}`))).toBeGreaterThan(ALPHA);
  });
});
