import { MICRO, plus, type Ratio, ratio, times, toNumber } from '@dither/mechanisms';
import * as dBitFlip from '@dither/mechanisms/d-bit-flip';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as lOsue from '@dither/mechanisms/l-osue';
import * as loloha from '@dither/mechanisms/loloha';
import * as rappor from '@dither/mechanisms/rappor';
import { describe, expect, it } from 'vitest';
import { composed } from '../src/longitudinal/composition.js';
import { changedHalfway, lossBetween, neverChanged, worstMemoPair } from '../src/longitudinal/loss.js';
import { answersTo, type Rule } from '../src/longitudinal/rules.js';
import { type Stages, stagesOf } from '../src/longitudinal/stages.js';

const ALL = Number.POSITIVE_INFINITY;
const two = (epsilonFirst: number, epsilonInfinity: number, domainSize = 2, reports = 2) =>
  lGrr.client.params({ epsilonFirst, epsilonInfinity, reports, domainSize });
const stages = (params: Parameters<typeof stagesOf>[0]) => stagesOf(params) as Stages;

/** Every list of `length` entries below `base`. */
function lists(length: number, base: number): readonly (readonly number[])[] {
  return Array.from({ length: base ** length }, (_, number) =>
    Array.from({ length }, (__, at) => Math.floor(number / base ** at) % base),
  );
}

/**
 * The loss by the mechanism's own exact channel, over every sequence of reports one by one: what the code under test counts up is
 * not used.
 */
function byBrute<R>(
  rule: Rule,
  epoch: number,
  symbols: readonly R[],
  likelihood: (value: number, reports: readonly R[]) => Ratio,
  histories: readonly (readonly number[])[],
) {
  const [first = []] = histories;
  const sequences = lists(first.length, symbols.length).map((list) => list.map((symbol) => symbols[symbol] as R));
  const laws = histories.map((history) => {
    const { of, values } = answersTo(rule, history, epoch);
    return sequences.map((sequence) =>
      values
        .map((value, answer) =>
          likelihood(
            value,
            sequence.filter((_, at) => of[at] === answer),
          ),
        )
        .reduce(times, ratio(1n, 1n)),
    );
  });
  for (const law of laws) expect(toNumber(law.reduce(plus))).toBeCloseTo(1, 12);
  const logs = laws.map((law) => law.map((chance) => Math.log(toNumber(chance))));
  return (a: number, b: number): number =>
    logs[a]?.reduce((most, log, i) => Math.max(most, Math.abs(log - (logs[b]?.[i] as number))), 0) as number;
}

describe('the exact worst case', () => {
  it.each<Rule>(['fresh', 'latched', 'memo'])(
    'of every pair of histories is that of the exact channel, sequence by sequence: l-grr, %s',
    (rule) => {
      const epoch = 2;
      for (const [domainSize, length] of [
        [2, 4],
        [3, 3],
      ] as const) {
        const params = two(0.5, 1.5, domainSize, epoch);
        const histories = lists(length, domainSize);
        const symbols = Array.from({ length: domainSize }, (__, i) => i);
        const brute = byBrute(
          rule,
          epoch,
          symbols,
          (v, reports) => lGrr.repeatsLikelihood(params, v, reports),
          histories,
        );
        const setting = { stages: stages(params), rule, reports: epoch };
        histories.forEach((a, i) => {
          histories.forEach((b, j) => {
            const loss = lossBetween(setting, a, b, ALL);
            expect(loss.isExact).toBe(true);
            expect(loss.epsilon).toBeCloseTo(brute(i, j), 9);
          });
        });
      }
    },
  );

  it('of every pair of histories is that of the exact channel where bits are many: l-osue, memo', () => {
    const params = lOsue.client.params({ epsilonFirst: 0.5, epsilonInfinity: 1.5, reports: 2, domainSize: 3 });
    const histories = lists(3, 2);
    const symbols = [...lOsue.channel.reports(params)];
    const brute = byBrute('memo', 2, symbols, (v, reports) => lOsue.repeatsLikelihood(params, v, reports), histories);
    histories.forEach((a, i) => {
      histories.forEach((b, j) => {
        const { epsilon } = lossBetween({ stages: stages(params), rule: 'memo', reports: 2 }, a, b, ALL);
        expect(epsilon).toBeCloseTo(brute(i, j), 9);
      });
    });
  });

  it.each([
    [1, 0.4, 2, 0.561675],
    [1, 0.4, 10, 3.944709],
    [1, 0.4, 20, 8.500711],
    [1, 0.4, 60, 26.754939],
    [2, 0.8, 10, 5.225499],
    [2, 0.8, 60, 32.61549],
  ])(
    'under the memo rule grows without end: epsilons %f and %f, %i reports, value changed half-way',
    (infinity, first, reports, expected) => {
      const setting = { stages: stages(two(first, infinity)), rule: 'memo', reports } as const;
      const { epsilon, isExact } = lossBetween(setting, ...changedHalfway(reports), ALL);
      expect(epsilon).toBeCloseTo(expected, 6);
      expect(isExact).toBe(true);
      // Reports that both histories make from other answers, times what one says of what is stored.
      const odds = (Math.exp(infinity + first) - 1) / (Math.exp(infinity) - Math.exp(first));
      expect(epsilon).toBeLessThan((reports / 2) * Math.log(odds));
    },
  );

  it('of all pairs of histories of ten reports is a little worse than half-way', () => {
    const worst = worstMemoPair(stages(two(0.4, 1)), 10, 2);
    expect(worst.epsilon).toBeCloseTo(4.183034, 6);
    const setting = { stages: stages(two(0.4, 1)), rule: 'memo', reports: 10 } as const;
    expect(lossBetween(setting, worst.a, worst.b, ALL).epsilon).toBeCloseTo(worst.epsilon, 12);
  });

  it('of all pairs by how often each pair of values occurs is that of all pairs one by one', () => {
    const setting = { stages: stages(two(0.7, 1.2)), rule: 'memo', reports: 6 } as const;
    const all = lists(6, 2);
    const worst = Math.max(...all.map((b) => lossBetween(setting, all[0] as number[], b, ALL).epsilon));
    const worstOfAll = worstMemoPair(setting.stages, 6, 2).epsilon;
    expect(worstOfAll).toBeGreaterThan(worst);
    // Where values are exchanged nothing changes: one history may begin with the first value.
    const begun = all.filter(([first]) => first === 0);
    const pairs = begun.flatMap((a) => all.map((b) => lossBetween(setting, a, b, ALL).epsilon));
    expect(worstOfAll).toBeCloseTo(Math.max(...pairs), 12);
  });

  it('under the latched rule is never above what is declared, and is that where both are latched differently each time', () => {
    for (const domainSize of [2, 3]) {
      const params = two(0.5, 2, domainSize, 2);
      const declared = ((params.microEpoch[1] as number) * 2) / MICRO;
      const setting = { stages: stages(params), rule: 'latched', reports: 2 } as const;
      const histories = lists(4, domainSize);
      let tight = 0;
      for (const a of histories) {
        for (const b of histories) {
          const { epsilon } = lossBetween(setting, a, b, ALL);
          expect(epsilon).toBeLessThanOrEqual(declared);
          const differs = a[0] !== b[0] && a[2] !== b[2];
          if (!differs) expect(epsilon).toBeLessThan(declared * 0.6);
          // Charges are rounded up to millionths, two of them.
          else expect(epsilon).toBeGreaterThan(declared - 2.1e-6);
          tight += differs ? 1 : 0;
        }
      }
      expect(tight).toBe((domainSize * (domainSize - 1)) ** 2 * domainSize ** 4);
    }
  });

  it('of fresh reports is the sum where the histories differ', () => {
    const setting = { stages: stages(two(0.4, 1, 3)), rule: 'fresh', reports: 2 } as const;
    expect(lossBetween(setting, ...neverChanged(20), ALL).epsilon).toBeCloseTo(8, 9);
    expect(lossBetween(setting, ...changedHalfway(20), ALL).epsilon).toBeCloseTo(4, 9);
  });

  it('of more cells looks at those of the values alone, which is the worst of all wherever all can be tried', () => {
    for (const [domainSize, length] of [
      [3, 8],
      [4, 6],
      [5, 4],
      [6, 2],
    ] as const) {
      for (const [first, infinity] of [
        [0.4, 1],
        [0.8, 2],
      ] as const) {
        const setting = { stages: stages(two(first, infinity, domainSize)), rule: 'memo', reports: 2 } as const;
        const whole = lossBetween(setting, ...changedHalfway(length), ALL);
        const own = lossBetween(setting, ...changedHalfway(length), 0);
        expect([whole.isExact, own.isExact]).toEqual([true, false]);
        expect(own.epsilon).toBeCloseTo(whole.epsilon, 9);
      }
    }
  });

  it('is without bound where what is stored is sent as it is, and its value changes', () => {
    const params = dBitFlip.client.params({ epsilonFirst: 1, epsilonInfinity: 1, reports: 4, domainSize: 8 });
    const setting = { stages: stages(params), rule: 'memo', reports: 4 } as const;
    expect(lossBetween(setting, ...changedHalfway(4), ALL).epsilon).toBe(Number.POSITIVE_INFINITY);
    expect(lossBetween({ ...setting, rule: 'latched' }, ...neverChanged(4), ALL).epsilon).toBeCloseTo(1, 9);
  });
});

describe('reports of one stored answer', () => {
  it('climb as fast as they do in the papers', () => {
    const climb = (params: Parameters<typeof stagesOf>[0], counts: readonly number[]) =>
      counts.map((count) => {
        const { epsilon } = lossBetween(
          { stages: stages(params), rule: 'latched', reports: 366 },
          ...neverChanged(count),
          ALL,
        );
        return Number(epsilon.toFixed(3));
      });
    expect(climb(two(0.8, 2, 3), [1, 2, 3, 5])).toEqual([0.8, 1.435, 1.785, 1.977]);
    const published = { f: 0.75, p: 0.5, q: 0.75, bits: 16, hashes: 2, cohorts: 1, reports: 30 };
    expect(climb(rappor.paramsFromProbabilities(published), [1, 7, 30])).toEqual([0.534, 1.91, 2.043]);
  });

  it.each([
    ['l-grr', two(0.5, 2, 100, 12)],
    ['loloha', loloha.client.params({ epsilonFirst: 1, epsilonInfinity: 2, reports: 12, domainSize: 16 })],
    ['l-osue', lOsue.client.params({ epsilonFirst: 0.5, epsilonInfinity: 2, reports: 12, domainSize: 20 })],
    [
      'rappor',
      rappor.client.params({ epsilonFirst: 2, epsilonInfinity: 4, reports: 12, bits: 16, hashes: 2, cohorts: 4 }),
    ],
    ['d-bit-flip', dBitFlip.client.params({ epsilonFirst: 1, epsilonInfinity: 1, reports: 12, domainSize: 50 })],
  ])('cost what the ledger charges: %s', (_, params) => {
    params.microEpoch.forEach((micro, i) => {
      const { epsilon } = lossBetween(
        { stages: stages(params), rule: 'latched', reports: 12 },
        ...neverChanged(i + 1),
        1000,
      );
      // Charges are rounded up; bits are randomized by few binary digits, for a ten-thousandth at most.
      expect(epsilon).toBeLessThanOrEqual(micro / MICRO + 1e-9);
      expect(epsilon).toBeGreaterThan((micro / MICRO) * (1 - 1e-4) - 1e-6);
    });
  });
});

describe('the composition of independent reports', () => {
  it.each([
    [365, 0.1, 36.5, 10.5],
    [30, 0.1, 3, 2.4],
    [30, 0.5, 15, 14],
    [30, 1, 30, 30],
    [52, 0.5, 26, 21],
    [365, 0.5, 182.5, 87.5],
    [365, 1, 365, 245],
  ])('of %i at %f is %f, and %f except with chance a millionth', (reports, epsilon, basic, tight) => {
    const all = composed(reports, epsilon, 1e-6);
    expect(all.basic).toBeCloseTo(basic, 9);
    expect(all.tight).toBeCloseTo(tight, 9);
    expect(all.curve).toBeLessThanOrEqual(all.tight);
    expect(all.curve).toBeGreaterThan(all.tight - 2 * epsilon);
  });

  it('has a curve between the steps', () => {
    expect(composed(365, 0.1, 1e-6).curve).toBeCloseTo(10.31, 2);
  });

  it('is that of every sequence of answers of randomized response, added up', () => {
    const [k, epsilon, delta] = [8, 0.7, 0.01];
    const truth = Math.exp(epsilon) / (1 + Math.exp(epsilon));
    const beyond = (x: number) =>
      lists(k, 2).reduce((sum, turned) => {
        const chance = turned.reduce((product, is) => product * (is === 1 ? 1 - truth : truth), 1);
        const other = turned.reduce((product, is) => product * (is === 1 ? truth : 1 - truth), 1);
        return sum + Math.max(0, chance - Math.exp(x) * other);
      }, 0);
    expect(beyond(composed(k, epsilon, delta).curve)).toBeCloseTo(delta, 10);
  });
});
