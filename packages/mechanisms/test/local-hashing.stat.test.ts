import type { FrequencyMechanism } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import * as localHashing from '@dither/mechanisms/local-hashing';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { chiSquareTail } from './support/chi-square.js';
import { seededSource } from './support/seeded.js';

/** False-alarm rate of each test below. */
const ALPHA = 1e-4;

/** For 64 values at once: 4.95 standard errors, two-sided. */
const MAX_Z = 4.95;

const DOMAIN = 64;

/** Zipf: the head has a fifth. */
const WEIGHTS = Array.from({ length: DOMAIN }, (_, value) => 1 / (value + 1));
const TOTAL = WEIGHTS.reduce((sum, weight) => sum + weight, 0);

function clientsOf(n: number): number[] {
  const counts = WEIGHTS.map((weight) => Math.floor((n * weight) / TOTAL));
  counts[0] = n - counts.slice(1).reduce((sum, count) => sum + count, 0);
  return counts;
}

/** Errors of all estimates of n clients, in standard errors; `seen` is the function that the client uses under a draw. */
function errors(
  mechanism: FrequencyMechanism,
  epsilon: number,
  n: number,
  seed: string,
  seen?: (value: number) => number,
) {
  const { client, aggregator } = mechanism as FrequencyMechanism & { client: { params: unknown } };
  if ('latch' in client) throw new Error('a mechanism of one stage');
  const params = client.params({ epsilon, domainSize: DOMAIN });
  const source = seededSource(seed);
  const draws = seedrandom(`draws/${seed}`);
  const state = aggregator.empty(params);
  const counts = clientsOf(n);
  counts.forEach((count, value) => {
    for (let i = 0; i < count; i++) {
      const draw = Math.floor(draws() * (params.draws ?? 1));
      aggregator.accumulate(params, state, client.randomize(params, seen?.(value) ?? value, source, draw));
    }
  });
  const shares = counts.map((count) => count / n);
  const variance = aggregator.variance(params, shares, n);
  return aggregator
    .estimate(params, state)
    .map(({ value }, i) => (value - (shares[i] as number)) / Math.sqrt(variance[i] as number));
}

const IDS = ['local-hashing', 'count-mean-sketch', 'hadamard-count-mean-sketch'];

function catalogued(id: string): FrequencyMechanism {
  const mechanism = catalogue.get(id);
  if (mechanism?.answers !== 'frequencies') throw new Error(`no mechanism ${id} for frequencies`);
  return mechanism;
}

describe('estimates over a pool of hash functions', () => {
  for (const id of IDS) {
    it(`of ${id} have the stated variance, by simulation`, () => {
      const repetitions = 100;
      let total = 0;
      for (let i = 0; i < repetitions; i++) {
        // Another value each time, so that all terms are independent.
        const z = errors(catalogued(id), 0.5, 1000, `${id}/${i}`)[i % DOMAIN] as number;
        total += z * z;
      }
      const tail = chiSquareTail(total, repetitions);
      expect(Math.min(tail, 1 - tail)).toBeGreaterThan(ALPHA / 2);
    });
  }

  it('have an error that falls with n, to a million, for the head as for rare values', { timeout: 60_000 }, () => {
    for (const n of [1e3, 1e4, 1e5, 1e6]) {
      for (const z of errors(catalogued('local-hashing'), 1, n, `falls/${n}`)) expect(Math.abs(z)).toBeLessThan(MAX_Z);
    }
  });

  it('of a sketch too', { timeout: 60_000 }, () => {
    const z = errors(catalogued('hadamard-count-mean-sketch'), 1, 3e5, 'falls');
    for (const each of z) expect(Math.abs(each)).toBeLessThan(MAX_Z);
  });
});

describe('the test of the error', () => {
  it('refuses functions that disregard a digit: their error stays', () => {
    const blind = errors(catalogued('local-hashing'), 1, 1e5, 'blind', (value) => value - (value % 4));
    expect(Math.max(...blind.map(Math.abs))).toBeGreaterThan(3 * MAX_Z);
  });

  it('refuses a pool whose draws are not uniform', () => {
    const { client, aggregator, params } = localHashing;
    const made = params({ epsilon: 1, domainSize: DOMAIN });
    const source = seededSource('lopsided');
    const state = aggregator.empty(made);
    const n = 1e5;
    for (let i = 0; i < n; i++) aggregator.accumulate(made, state, client.randomize(made, 0, source, i % 4));
    const sure = new Array<number>(DOMAIN).fill(0).map((_, value) => (value === 0 ? 1 : 0));
    const variance = aggregator.variance(made, sure, n);
    const worst = aggregator
      .estimate(made, state)
      .map(({ value }, i) => Math.abs(value - (sure[i] as number)) / Math.sqrt(variance[i] as number));
    expect(Math.max(...worst)).toBeGreaterThan(3 * MAX_Z);
  });
});
