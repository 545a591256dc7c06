import type { FrequencyMechanism, IndexParams } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { describe, expect, it } from 'vitest';
import { detectorsOf } from '../src/attack/detectors.js';
import { attackedMechanisms, attacksOn, forgeryOf, poisoned } from '../src/attack/forge.js';
import { drawChoices, type Target } from '../src/attack/forgery.js';
import { honestWindows } from '../src/attack/honest.js';
import { type AttackOptions, simulateAttacks } from '../src/attack/simulate.js';
import { binomialAtMost } from '../src/coverage.js';
import { normalized, zipfWeights } from '../src/population/shares.js';
import { seededSources } from '../src/seeded.js';

const sources = seededSources('attack tests');

function targetOf(id: string, epsilon: number, domainSize: number, values: readonly number[], share = 0.1): Target {
  const mechanism = catalogue.get(id) as FrequencyMechanism;
  const { params } = mechanism.client as unknown as { params(options: object): IndexParams };
  return { mechanism, params: params({ epsilon, domainSize }), values, share };
}

/** What a state says of all targets together. */
function told(
  { mechanism, params, values }: Target,
  state: Parameters<typeof mechanism.aggregator.estimate>[1],
): number {
  const estimates = mechanism.aggregator.estimate(params, state);
  return values.reduce((sum, value) => sum + (estimates[value]?.value ?? Number.NaN), 0);
}

/** The most that any report says of all targets together, by trying every one. */
function mostTold(target: Target): number {
  const { mechanism, params } = target;
  let most = Number.NEGATIVE_INFINITY;
  for (const report of mechanism.channel.reports(params)) {
    const state = mechanism.aggregator.empty(params);
    mechanism.aggregator.accumulate(params, state, report);
    most = Math.max(most, told(target, state));
  }
  return most;
}

function optionsFor(id: string, more: Partial<AttackOptions> = {}): AttackOptions {
  const target = targetOf(id, 1, 64, []);
  return {
    mechanism: target.mechanism,
    params: target.params,
    shares: normalized(zipfWeights(64, 1)),
    targets: [3, 20, 33, 47, 60],
    clients: 4000,
    forged: [0.02, 0.1],
    draws: drawChoices,
    tries: 8,
    repetitions: 10,
    alpha: 0.01,
    sources: seededSources(`attack ${id}`),
    ...more,
  };
}

const running = new AbortController().signal;
const silent = (): void => undefined;

describe('forged reports', () => {
  it.each(attackedMechanisms)('say as much of the targets as any report can, of %s', (id) => {
    for (const [domainSize, values] of [
      [7, [1, 2, 5]],
      [9, [0, 3, 4, 8]],
    ] as const) {
      const target = targetOf(id, 1, domainSize, values);
      const [attack] = attacksOn(target, ['chosen']);
      expect(attack?.strategy).toBe('maximal');
      const forgery = forgeryOf(target, attack as NonNullable<typeof attack>, 1);
      expect(forgery.says).toBeCloseTo(mostTold(target), 9);
    }
  });

  // Student's t of 19 degrees is above 6 with a chance of 1e-5, on either side; some 30 tests: false alarm 3e-4.
  it.each(attackedMechanisms)('say on average what their closed form says, of %s', async (id) => {
    const target = targetOf(id, 1, 40, [2, 7, 11, 30]);
    const { aggregator } = target.mechanism;
    for (const attack of attacksOn(target, drawChoices)) {
      const forgery = forgeryOf(target, attack, 5);
      const parts: number[] = [];
      for (let i = 0; i < 20; i++) {
        const empty = aggregator.empty(target.params);
        parts.push(told(target, await poisoned(target, empty, forgery, 100, sources(`${id} ${i}`), running)));
      }
      const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
      const square = parts.reduce((sum, part) => sum + (part - mean) ** 2, 0) / (parts.length - 1);
      const error = Math.sqrt(square / parts.length);
      // Of a bit with a chance on a grid of 2^-16 the mean is off by as little.
      expect(Math.abs(mean - forgery.says), `${attack.strategy} ${attack.draws}`).toBeLessThan(6 * error + 1e-3);
    }
  });

  it.each([
    ['oue', 10, 6],
    ['oue', 40, 4],
    ['sue', 12, 9],
  ])(
    'of an adaptive forger have as many ones as honest ones: %s, %d values, %d targets',
    async (id, domainSize, count) => {
      const values = Array.from({ length: count }, (_, i) => i);
      const target = targetOf(id, 1, domainSize, values);
      const { mechanism, params } = target;
      const forgery = forgeryOf(target, { strategy: 'adaptive', draws: null }, 1);
      const empty = mechanism.aggregator.empty(params);
      const state = await poisoned(target, empty, forgery, 20_000, sources(`ones ${id} ${count}`), running);
      const sum = mechanism.aggregator.estimate(params, state).reduce((total, { value }) => total + value, 0);
      // Of 20,000 reports with at most 12 bits, each of a deviation below 2.1/(p-q) < 10: 6 errors are below .42; false alarm 2e-9.
      expect(Math.abs(sum - 1)).toBeLessThan(0.42);
    },
  );

  it('gain what the published formulas say: Cao, Jia, Gong 2021', () => {
    const e = Math.exp(1);
    const values = [1, 5, 9, 13, 17];
    const grr = targetOf('grr', 1, 100, values);
    const oue = targetOf('oue', 1, 100, values);
    expect(forgeryOf(grr, { strategy: 'maximal', draws: null }, 1).says).toBeCloseTo(1 + (100 - 5) / (e - 1), 9);
    // Its q is rounded up by up to a ten-thousandth of epsilon.
    expect(forgeryOf(oue, { strategy: 'maximal', draws: null }, 1).says).toBeCloseTo(2 * 5 + (2 * 5) / (e - 1), 2);
  });

  it('say more the freer the public draw is', () => {
    const target = targetOf('local-hashing', 1, 200, [3, 50, 77, 120, 181]);
    const says = (draws: (typeof drawChoices)[number], tries: number) =>
      forgeryOf(target, { strategy: 'maximal', draws }, tries).says;
    const ladder = [says('assigned', 1), says('ground', 2), says('ground', 16), says('ground', 256), says('chosen', 1)];
    ladder.slice(1).forEach((each, i) => {
      expect(each).toBeGreaterThan(ladder[i] as number);
    });
    expect(says('ground', 1)).toBe(says('assigned', 1));
    expect(says('ground', 100_000)).toBeCloseTo(says('chosen', 1), 6);
  });
});

describe('a simulated attack', () => {
  it.each(attackedMechanisms)(
    'gains what the closed form says and never more than ifForged allows, of %s',
    async (id) => {
      const options = optionsFor(id);
      const { results, repetitions } = await simulateAttacks(options, running, silent);
      expect(repetitions).toBe(10);
      for (const { strategy, draws, points } of results) {
        for (const { share, gain, standardError, expected, worst, aboveWorst } of points) {
          const which = `${strategy} ${draws} ${share}`;
          expect(aboveWorst, which).toBe(0);
          expect(gain, which).toBeLessThanOrEqual(worst + 1e-9);
          // Student's t of 9 degrees is above 9 with a chance of 9e-6 on either side; some 60 tests: false alarm 5e-4.
          expect(Math.abs(gain - expected), which).toBeLessThan(9 * standardError + 1e-3);
        }
      }
    },
  );

  it('is the same again with the same seed, and another with another', async () => {
    const options = optionsFor('oue', { repetitions: 2 });
    const first = JSON.stringify((await simulateAttacks(options, running, silent)).results);
    expect(JSON.stringify((await simulateAttacks(options, running, silent)).results)).toBe(first);
    const other = { ...options, sources: seededSources('another') };
    expect(JSON.stringify((await simulateAttacks(other, running, silent)).results)).not.toBe(first);
  });

  it('stops within a repetition, which then counts for nothing', async () => {
    const stop = new AbortController();
    const options = optionsFor('grr', { clients: 1_000_000, forged: [0.5], repetitions: 2 });
    setTimeout(() => stop.abort(), 1);
    expect((await simulateAttacks(options, stop.signal, silent)).repetitions).toBe(0);
  });

  it('stops between repetitions, and says how many were done', async () => {
    const stop = new AbortController();
    const outcome = await simulateAttacks(optionsFor('grr'), stop.signal, (done) => {
      if (done === 3) stop.abort();
    });
    expect(outcome.repetitions).toBe(3);
    expect(Number.isFinite(outcome.results[0]?.points[0]?.gain)).toBe(true);
  });
});

describe('detectors', () => {
  // 100 honest windows each, at level .05; 25 detectors, each refused with a chance of 3e-5 at that rate: false alarm 8e-4.
  it.each(attackedMechanisms)('are silent at honest reports as often as they say, of %s', async (id) => {
    const target = targetOf(id, 1, 48, [1, 2, 3]);
    const windows = honestWindows(target, normalized(zipfWeights(48, 1)));
    const detectors = detectorsOf(target);
    const alarms = detectors.map(() => 0);
    const read = async (name: string) => {
      const { state } = await windows(2000, sources(name), running);
      return { state, estimates: target.mechanism.aggregator.estimate(target.params, state) };
    };
    let before = await read(`${id} first`);
    for (let i = 0; i < 100; i++) {
      const window = await read(`${id} window ${i}`);
      detectors.forEach(({ pValue }, d) => {
        if (pValue(window, before) <= 0.05) alarms[d] = (alarms[d] as number) + 1;
      });
      before = window;
    }
    detectors.forEach(({ name }, d) => {
      expect(1 - binomialAtMost((alarms[d] as number) - 1, 100, 0.05), name).toBeGreaterThan(3e-5);
    });
  });

  it('find what is plain to see, and not what cannot be seen', async () => {
    const found = async (id: string, strategy: string, draws: string | null) => {
      const { results } = await simulateAttacks(optionsFor(id, { clients: 20_000, repetitions: 4 }), running, silent);
      return results.find((each) => each.strategy === strategy && each.draws === draws)?.points[1]?.detected ?? {};
    };
    expect(await found('oue', 'maximal', null)).toMatchObject({ sum: 1, range: 1, fit: 1, jump: 1 });
    expect(await found('oue', 'adaptive', null)).toMatchObject({ sum: 0, jump: 1 });
    expect(await found('local-hashing', 'maximal', 'chosen')).toMatchObject({ draws: 1 });
    expect(await found('local-hashing', 'maximal', 'assigned')).toMatchObject({ draws: 0 });
  });

  it('look at the sum only where it says something', () => {
    const names = (id: string) => detectorsOf(targetOf(id, 1, 64, [1])).map(({ name }) => name);
    expect(names('oue')).toContain('sum');
    expect(names('hadamard-response')).toContain('sum');
    // One report supports one value, or so many: the estimates sum to one whatever comes.
    expect(names('grr')).not.toContain('sum');
    expect(names('subset-selection')).not.toContain('sum');
    expect(names('local-hashing')).toContain('draws');
  });
});

describe('honest windows', () => {
  it('hold as many reports as installations, whichever way they are drawn', async () => {
    for (const id of attackedMechanisms) {
      const target = targetOf(id, 1, 16, [1]);
      const windows = honestWindows(target, normalized(zipfWeights(16, 1)));
      const { holders, state } = await windows(1234, sources(`holders ${id}`), running);
      expect(holders.reduce((sum, count) => sum + count, 0)).toBe(1234);
      expect(state.n).toBe(1234);
    }
  });
});
