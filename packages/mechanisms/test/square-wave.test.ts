import {
  type DistributionMechanism,
  expBelow,
  type IndexParams,
  lnAbove,
  microEpsilon,
  recordedSource,
  toNumber,
} from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { scoresFor } from '../src/estimate/distribution/square-wave-score.js';
import * as squareWave from '../src/mechanisms/square-wave.js';
import { indexCase } from './contract/case.js';
import { checkLikelihoods, checkPrivacy } from './contract/channel.js';
import { codeOf, hex } from './support/ensure.js';
import { exactLaw, looksOf } from './support/exact-law.js';
import { checkUnknown } from './support/nobody.js';
import { seededSource } from './support/seeded.js';
import { drawState, holdersOf, shapes, trueQuantile, waveOf } from './support/wave-world.js';

const { aggregator, channel, client, params } = squareWave;
const mechanism = { id: 'square-wave', answers: 'distribution', ...squareWave } as unknown as DistributionMechanism;

const EPSILONS = [0.1, 0.5, 1, 4, 16];
const DOMAINS = [2, 3, 4, 5, 6, 12];
const cases = EPSILONS.flatMap((epsilon) =>
  DOMAINS.map((domainSize) => ({
    contract: indexCase(mechanism, epsilon, domainSize),
    params: params({ epsilon, domainSize }),
  })),
);

const question = (cells: number) => ({
  quantiles: [0.5, 0.75, 0.95],
  above: [0, cells >> 1, cells],
  amounts: Array.from({ length: cells }, (_, i) => i + 0.5),
});

describe('params', () => {
  it('have the window 2/5 d e^(-epsilon/2), rounded, and the outputs that go with it', () => {
    const windows = [0.1, 1, 2, 4, 16].map((epsilon) => params({ epsilon, domainSize: 129 }).window);
    expect(windows).toEqual(
      [0.1, 1, 2, 4, 16].map((epsilon) => Math.max(1, Math.round(51.2 * Math.exp(-epsilon / 2)))),
    );
    expect(params({ epsilon: 1, domainSize: 129 })).toMatchObject({ window: 31, outputs: 189, reportBytes: 1 });
    expect(params({ epsilon: 1, domainSize: 257 })).toMatchObject({ window: 62, outputs: 379, reportBytes: 2 });
    expect(params({ epsilon: 1, domainSize: 2 })).toMatchObject({ window: 1, outputs: 2 });
  });

  it('spend the declared epsilon but for rounding', () => {
    for (const epsilon of EPSILONS) {
      const effective = channel.effectiveEpsilon(params({ epsilon, domainSize: 129 }));
      expect(effective).toBeLessThanOrEqual(epsilon);
      expect(effective).toBeGreaterThan(epsilon - 1e-9);
    }
  });

  it('fit two bytes at the largest domain and smallest epsilon, and refuse others', () => {
    expect(params({ epsilon: 0.000001, domainSize: 32_769 }).outputs).toBeLessThanOrEqual(65_536);
    for (const domainSize of [1, 0, 2.5, 32_770, Number.NaN]) {
      expect(codeOf(() => params({ epsilon: 1, domainSize }))).toBe('domain-size-out-of-range');
    }
    expect(codeOf(() => params({ epsilon: 0, domainSize: 5 }))).toBe('epsilon-out-of-range');
  });
});

describe('the channel', () => {
  it('keeps epsilon, by enumeration', () => {
    for (const { contract } of cases) checkPrivacy(contract);
  });

  it('is a distribution for each value, by enumeration', () => {
    for (const { contract } of cases) checkLikelihoods(contract);
  });

  it('would break the promise if "keep" were one unit more', () => {
    const epsilon = 1;
    const p = params({ epsilon, domainSize: 12 });
    const more = { ...p, keep: { ...p.keep, high: p.keep.high + 1 } };
    const bound = lnAbove(expBelow(BigInt(microEpsilon(epsilon)), 1_000_000n), 1n << 96n);
    expect(channel.effectiveEpsilon(p)).toBeLessThanOrEqual(bound);
    expect(channel.effectiveEpsilon(more)).toBeGreaterThan(epsilon);
  });
});

describe('the client', () => {
  // Windows of one output and of two; 2, 3, 4 and 8 outputs, of which 3 needs rejection.
  const settings = [
    { epsilon: 1, domainSize: 2 },
    { epsilon: 1, domainSize: 3 },
    { epsilon: 4, domainSize: 4 },
    { epsilon: 0.1, domainSize: 6 },
  ];
  const lawsOf = (p: squareWave.SquareWaveParams) => {
    const picks = seededSource('square-wave/law');
    const pick = (size: number) => Math.floor((picks.next() / 2 ** 32) * size);
    const moduli = [p.window, p.outputs];
    return Array.from({ length: p.domainSize }, (_, value) =>
      exactLaw((source) => hex(client.encode(p, client.randomize(p, value, source))), looksOf(p, moduli, 0), pick, 6),
    );
  };

  it.each(settings)('has exactly the law of the channel, and draws words alike for all values: %o', (options) => {
    const p = params(options);
    const laws = lawsOf(p);
    laws.forEach((law, value) => {
      expect(law.unresolved < law.unit >> 60n).toBe(true);
      for (const report of channel.reports(p)) {
        const { numerator, denominator } = channel.likelihood(p, value, report);
        const mass = law.results.get(hex(client.encode(p, report))) ?? 0n;
        expect(mass * denominator <= numerator * law.unit).toBe(true);
        expect(numerator * law.unit <= (mass + law.unresolved) * denominator).toBe(true);
      }
      expect([...law.words].sort()).toEqual([...(laws[0]?.words ?? [])].sort());
    });
  });

  it('refuses a value outside the domain before it draws a word', () => {
    const p = params({ epsilon: 1, domainSize: 5 });
    for (const value of [-1, 5, 0.5, Number.NaN]) {
      expect(codeOf(() => client.randomize(p, value, recordedSource([])))).toBe('value-out-of-range');
    }
  });

  it('writes reports that are read back, little-endian', () => {
    const p = params({ epsilon: 1, domainSize: 1001 });
    expect([...client.encode(p, 0x0203)]).toEqual([3, 2]);
    for (const report of channel.reports(p)) expect(aggregator.decode(p, client.encode(p, report))).toBe(report);
  });
});

describe('malformed bytes', () => {
  it('are refused: lengths and outputs that no client sends', () => {
    const one = params({ epsilon: 1, domainSize: 129 });
    const two = params({ epsilon: 1, domainSize: 257 });
    const bad = [
      [one, []],
      [one, [189]],
      [one, [255]],
      [one, [0, 0]],
      [two, [0]],
      [two, [0, 0, 0]],
      [two, [379 & 255, 379 >> 8]],
      [two, [0, 255]],
    ] as const;
    for (const [p, bytes] of bad)
      expect(codeOf(() => aggregator.decode(p, Uint8Array.from(bytes)))).toBe('report-malformed');
    expect(aggregator.decode(one, Uint8Array.of(188))).toBe(188);
    expect(aggregator.decode(two, Uint8Array.of(378 & 255, 1))).toBe(378);
  });
});

describe('scores', () => {
  it('meet any targets exactly, and nothing for "no event", by enumeration', () => {
    const random = seededSource('square-wave/targets');
    for (const { params: p } of cases) {
      const wave = waveOf(p.microEpsilon / 1e6, p.domainSize - 1);
      const targets = Array.from({ length: wave.channel.cells }, () => random.next() / 2 ** 32);
      const scores = scoresFor(wave.channel, targets);
      const size = Math.max(...scores.map(Math.abs));
      [...targets, 0].forEach((target, value) => {
        let sum = 0;
        for (const report of channel.reports(p)) {
          sum += toNumber(channel.likelihood(p, value, report)) * (scores[report] as number);
        }
        expect(Math.abs(sum - target)).toBeLessThan(1e-13 * Math.max(1, size));
      });
    }
  });

  it('of having had an event are the support estimate: the smallest variance there is', () => {
    const { channel: wave } = waveOf(1, 100);
    const scores = scoresFor(wave, new Array<number>(100).fill(1));
    const law = 1 / wave.outputs;
    const square = scores.reduce((sum, score) => sum + law * score * score, 0);
    // 1 minus the support of "no event" is 1 + q/(p-q) outside its window and 1 - (1-q)/(p-q) inside.
    const [p, q] = [wave.window * (wave.outside + wave.step), wave.window * wave.outside];
    const inside = wave.window * law;
    const support = (1 - inside) * (1 + q / (p - q)) ** 2 + inside * (1 - (1 - q) / (p - q)) ** 2;
    expect(square).toBeLessThanOrEqual(support * (1 + 1e-12));
    expect(square).toBeGreaterThan(0.98 * support);
  });
});

describe('estimates', () => {
  it('say of withEvent the truth on average, by enumeration of one report', () => {
    for (const { params: p } of cases) {
      for (let value = 0; value < p.domainSize; value++) {
        let mean = 0;
        for (const report of channel.reports(p)) {
          const state = aggregator.empty(p);
          aggregator.accumulate(p, state, report);
          const { withEvent } = aggregator.distribution(p, state, question(p.domainSize - 1));
          mean += toNumber(channel.likelihood(p, value, report)) * withEvent.value;
        }
        expect(mean).toBeCloseTo(value === p.domainSize - 1 ? 0 : 1, 6);
      }
    }
  });

  it('are the truth for the mean on an expected state', () => {
    const wave = waveOf(1, 60);
    const holders = holdersOf(shapes.humps(60), 0.6, 2 ** 40);
    const state = aggregator.empty(wave.params);
    state.n = 2 ** 40;
    const chance = (value: number, report: number) => toNumber(channel.likelihood(wave.params, value, report));
    state.counts.forEach((_, report) => {
      state.counts[report] = Math.round(holders.reduce((sum, count, value) => sum + count * chance(value, report), 0));
    });
    const { mean, withEvent } = aggregator.distribution(wave.params, state, question(60));
    const events = 2 ** 40 - (holders[60] as number);
    const truth = holders.slice(0, 60).reduce((sum, count, i) => sum + count * (i + 0.5), 0) / events;
    expect(mean.value).toBeCloseTo(truth, 6);
    expect(withEvent.value).toBeCloseTo(events / 2 ** 40, 8);
  });

  it('know nothing without reports, and do not throw', () => {
    for (const cells of [1, 2, 7, 300]) {
      const { params: p } = waveOf(1, cells);
      const { quantiles, mean, above, histogram, curve, withEvent, n } = aggregator.distribution(
        p,
        aggregator.empty(p),
        question(cells),
      );
      expect(n).toBe(0);
      expect(quantiles.every(({ place, low, high }) => Number.isNaN(place) && low === 0 && high === cells)).toBe(true);
      expect([mean.low, mean.high]).toEqual([0.5, cells - 0.5]);
      for (const share of [...above, ...histogram.map((group) => group.share), withEvent]) {
        expect([share.low, share.high, share.standardError]).toEqual([0, 1, Number.POSITIVE_INFINITY]);
      }
      expect(curve.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    }
  });

  it('hold together at the extremes: few reports, one value only, any single output', () => {
    for (const [epsilon, cells] of [
      [0.1, 1],
      [1, 2],
      [1, 5],
      [16, 40],
      [0.01, 30],
    ] as const) {
      const wave = waveOf(epsilon, cells);
      const states = Array.from({ length: wave.channel.outputs }, (_, output) => {
        const state = aggregator.empty(wave.params);
        state.n = 1000;
        state.counts[output] = 1000;
        return state;
      });
      for (const n of [1, 2, 10])
        states.push(drawState(wave, holdersOf(shapes.flat(cells), 0.5, n), seededSource(`few/${n}`)));
      for (const state of states) {
        const answer = aggregator.distribution(wave.params, state, question(cells));
        expect(answer.curve.every((share) => share >= 0)).toBe(true);
        expect(answer.curve.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        for (const { low, high, place } of answer.quantiles) {
          expect(low).toBeLessThan(high);
          expect((place >= low && place <= high) || (Number.isNaN(place) && answer.withEvent.low <= 0)).toBe(true);
        }
        for (const share of [
          ...answer.above,
          ...answer.histogram.map((group) => group.share),
          answer.mean,
          answer.withEvent,
        ]) {
          expect(share.low).toBeLessThanOrEqual(share.high);
        }
      }
    }
  });

  it('say nothing where nobody may have had an event', () => {
    const wave = waveOf(1, 256);
    checkUnknown(seededSource('square-wave/nobody'), (withEvent, source) =>
      aggregator.distribution(
        wave.params,
        drawState(wave, holdersOf(shapes.flat(256), withEvent, 20_000), source),
        question(256),
      ),
    );
  });

  it('have intervals of whole cells, so that the outer ends are the ends', () => {
    const wave = waveOf(4, 100);
    const state = drawState(wave, holdersOf(shapes.waits(100), 1, 100_000), seededSource('outer'));
    for (const { low, high, outerLow, outerHigh } of aggregator.distribution(wave.params, state, question(100))
      .quantiles) {
      expect([outerLow, outerHigh]).toEqual([low, high]);
      expect([low, high].every(Number.isInteger)).toBe(true);
    }
  });

  it('cover all cells with groups, in order', () => {
    for (const cells of [1, 3, 8, 9, 100]) {
      const { params: p } = waveOf(1, cells);
      const { histogram } = aggregator.distribution(p, aggregator.empty(p), question(cells));
      expect(histogram.map(({ from }) => from)).toEqual([0, ...histogram.slice(0, -1).map(({ to }) => to)]);
      expect(histogram.at(-1)?.to).toBe(cells);
      expect(histogram.every(({ from, to }) => from < to)).toBe(true);
    }
  });

  it('find the quantiles of 4096 cells', () => {
    const wave = waveOf(4, 4096);
    const holders = holdersOf(shapes.waits(4096), 0.9, 1_000_000);
    const state = drawState(wave, holders, seededSource('square-wave/4096'));
    for (const { quantile, place, low, high } of aggregator.distribution(wave.params, state, question(4096))
      .quantiles) {
      const truth = trueQuantile(holders, quantile);
      expect(Math.abs(place - truth.place) / 4096).toBeLessThan(0.01);
      expect(low <= truth.cell && truth.cell + 1 <= high).toBe(true);
    }
  });

  it('refuse a state of other parameters', () => {
    const [a, b] = [waveOf(1, 10).params, waveOf(1, 11).params];
    expect(codeOf(() => aggregator.distribution(a, aggregator.empty(b), question(10)))).toBe('state-mismatch');
    expect(codeOf(() => aggregator.merge(a, aggregator.empty(a), aggregator.empty(b)))).toBe('state-mismatch');
  });
});

describe('quantileError', () => {
  const shares = [...shapes.waits(100), 0];
  const errorAt = (epsilon: number, n: number) =>
    aggregator.quantileError(waveOf(epsilon, 100).params, n, shares, 0.75);

  it('is the same at every call, and falls with reports and epsilon', () => {
    expect(errorAt(1, 10_000)).toBe(errorAt(1, 10_000));
    expect(errorAt(1, 100_000)).toBeLessThan(errorAt(1, 1000));
    expect(errorAt(4, 10_000)).toBeLessThan(errorAt(1, 10_000));
  });

  it('is that of a guess where nothing is known: 0.29 of the axis, or more off its middle', () => {
    for (const [epsilon, n] of [
      [1, 1],
      [1, 0],
      [0.01, 100_000],
    ] as const) {
      expect(errorAt(epsilon, n) / 100).toBeGreaterThan(0.288);
      expect(errorAt(epsilon, n) / 100).toBeLessThan(0.578);
    }
  });

  it('is about the same part of the axis for finer cells', () => {
    const fine: IndexParams = waveOf(1, 1000).params;
    const error = aggregator.quantileError(
      fine as squareWave.SquareWaveParams,
      10_000,
      [...shapes.waits(1000), 0],
      0.75,
    );
    expect(error / 10 / errorAt(1, 10_000)).toBeGreaterThan(0.7);
    expect(error / 10 / errorAt(1, 10_000)).toBeLessThan(1.4);
  });
});
