import {
  believed,
  benjaminiHochbergCut,
  bonferroniCut,
  holmCut,
  nullPValues,
  projectOnSimplex,
  toNumber,
} from '@dither/mechanisms';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import * as grr from '../src/mechanisms/grr.js';
import * as oue from '../src/mechanisms/oue.js';
import { sampleBinomial, sampleMultinomial } from './support/binomial-sampler.js';
import { binomialTail } from './support/binomial-tail.js';

/** Whole clients, as nearly Zipf with exponent 1.1 as can be; the head takes the rest. */
function zipf(domainSize: number, n: number): number[] {
  const weights = Array.from({ length: domainSize }, (_, value) => (value + 1) ** -1.1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const holders = weights.map((weight) => Math.floor((n * weight) / total));
  holders[0] = n - holders.slice(1).reduce((sum, count) => sum + count, 0);
  return holders;
}

/** The exact law of the state: bits of a report are independent, and so are reports. */
function oueState(params: ReturnType<typeof oue.params>, holders: readonly number[], n: number, uniform: () => number) {
  const [p, q] = [0, 1].map((value) => toNumber(oue.channel.likelihood(params, value, oneBit(params.domainSize))));
  const odds = (p as number) / (q as number);
  // P[only bit 0 | 0] / P[only bit 0 | 1] = p (1-q) / (q (1-p)), and p = 1/2.
  const unset = 1 / (1 + odds);
  const state = oue.aggregator.empty(params);
  state.n = n;
  holders.forEach((count, value) => {
    state.counts[value] = sampleBinomial(uniform, count, 0.5) + sampleBinomial(uniform, n - count, unset);
  });
  return { state, q: unset };
}

function oneBit(domainSize: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(domainSize / 8));
  bits[0] = 1;
  return bits;
}

const squares = (values: ArrayLike<number>, truth: readonly number[]) =>
  truth.reduce((sum, share, v) => sum + ((values[v] as number) - share) ** 2, 0);

describe('norm-sub at 1024 values, 100,000 clients, epsilon 1, OUE', () => {
  const [domainSize, n] = [1024, 100_000];
  const params = oue.params({ epsilon: 1, domainSize });
  const holders = zipf(domainSize, n);
  const truth = holders.map((count) => count / n);
  const uniform = seedrandom('norm-sub');
  const runs = Array.from({ length: 20 }, () => {
    const { state } = oueState(params, holders, n, uniform);
    const raw = oue.aggregator.estimate(params, state).map(({ value }) => value);
    const projected = projectOnSimplex(raw);
    const clipped = raw.map((value) => Math.max(0, value));
    const total = clipped.reduce((sum, value) => sum + value, 0);
    const renormalised = clipped.map((value) => value / total);
    return { raw, projected, renormalised };
  });
  const mean = (f: (run: (typeof runs)[number]) => number) => runs.reduce((sum, run) => sum + f(run), 0) / runs.length;
  const error = mean(({ raw }) => squares(raw, truth));

  it('has an eighth to a tenth of the squared error of the raw estimates', () => {
    const gain = error / mean(({ projected }) => squares(projected, truth));
    expect(gain).toBeGreaterThan(8);
    expect(gain).toBeLessThan(10.5);
  });

  it('leaves the head within .01, which clipping and renormalising destroys', () => {
    const head = truth[0] as number;
    const off = (run: keyof (typeof runs)[number]) => mean((all) => Math.abs((all[run][0] as number) - head));
    expect(off('projected')).toBeLessThan(0.01);
    // Three shares in four of what clipping leaves are noise: the head falls to a quarter or so.
    expect(off('renormalised')).toBeGreaterThan(head / 2);
    const rounded = (x: number) => Number(x.toPrecision(3));
    const gain = (run: keyof (typeof runs)[number]) => rounded(error / mean((all) => squares(all[run], truth)));
    expect({
      head: rounded(head),
      headOff: {
        raw: rounded(off('raw')),
        projected: rounded(off('projected')),
        renormalised: rounded(off('renormalised')),
      },
      gain: { projected: gain('projected'), renormalised: gain('renormalised') },
    }).toMatchInlineSnapshot(`
      {
        "gain": {
          "projected": 8.72,
          "renormalised": 1.48,
        },
        "head": 0.184,
        "headOff": {
          "projected": 0.00826,
          "raw": 0.00506,
          "renormalised": 0.127,
        },
      }
    `);
  });
});

/** A false-alarm rate, two-sided, of each count of failures below. */
const ALPHA = 1e-4;
const REPETITIONS = 1000;
const RATE = 0.05;

/** Lists of one simulated state each: how many false and true values each procedure believes. */
function lists(counts: ArrayLike<number>, q: number, n: number, isNull: (value: number) => boolean) {
  const pValues = nullPValues({ p: 1, q }, counts, n);
  const tally = (cut: number) => {
    const marks = believed(pValues, cut);
    let [wrong, right] = [0, 0];
    marks.forEach((mark, value) => {
      if (isNull(value)) wrong += mark;
      else right += mark;
    });
    return { wrong, right };
  };
  return {
    bonferroni: tally(bonferroniCut(pValues, RATE)),
    holm: tally(holmCut(pValues, RATE)),
    falseDiscovery: tally(benjaminiHochbergCut(pValues, RATE)),
  };
}

/** Measured, of 1000 repetitions; values held: 16. */
const RATES = {
  oue: {
    anyFalse: { bonferroni: 0.043, holm: 0.048 },
    falseShare: 0.0371,
    found: { bonferroni: 7.73, holm: 7.78, falseDiscovery: 9.08 },
  },
  grr: {
    anyFalse: { bonferroni: 0.042, holm: 0.043 },
    falseShare: 0.0365,
    found: { bonferroni: 9.42, holm: 9.42, falseDiscovery: 10.9 },
  },
};

describe.each(['oue', 'grr'] as const)('detections in reports of %s, most values being held by nobody', (id) => {
  const [domainSize, held, n] = [64, 16, 20_000];
  // From shares that are always found down to such as seldom are.
  const weights = Array.from({ length: domainSize }, (_, value) => (value < held ? 1.25 ** -value : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const holders = weights.map((weight) => Math.floor((n * weight) / total));
  holders[0] = n - holders.slice(1).reduce((sum, count) => sum + count, 0);
  const uniform = seedrandom(`multiple/${id}`);
  const runs = Array.from({ length: REPETITIONS }, () => {
    const isNull = (value: number) => value >= held;
    if (id === 'oue') {
      const { state, q } = oueState(oue.params({ epsilon: 1, domainSize }), holders, n, uniform);
      return lists(state.counts, q, n, isNull);
    }
    const params = grr.params({ epsilon: 2, domainSize });
    const q = toNumber(grr.channel.likelihood(params, 0, 1));
    const counts = new Float64Array(domainSize);
    holders.forEach((count, value) => {
      const law = Array.from({ length: domainSize }, (_, report) => (report === value ? 1 - (domainSize - 1) * q : q));
      sampleMultinomial(uniform, count, law).forEach((drawn, report) => {
        counts[report] = (counts[report] as number) + drawn;
      });
    });
    return lists(counts, q, n, isNull);
  });
  const failures = (list: 'bonferroni' | 'holm') => runs.filter((run) => run[list].wrong > 0).length;

  it('hold any false one at most so often as promised, by Bonferroni and by Holm', () => {
    for (const list of ['bonferroni', 'holm'] as const) {
      expect(binomialTail(REPETITIONS, RATE, failures(list))).toBeGreaterThan(ALPHA);
      // And it is not that nothing is ever found.
      expect(failures(list)).toBeGreaterThan(0);
    }
  });

  it('are by Holm never fewer than by Bonferroni, and sometimes more', () => {
    expect(runs.every(({ holm, bonferroni }) => holm.right >= bonferroni.right)).toBe(true);
    expect(runs.some(({ holm, bonferroni }) => holm.right > bonferroni.right)).toBe(true);
  });

  it('hold at most the promised share of false ones by Benjamini-Hochberg, and more true ones', () => {
    const shares = runs.map(({ falseDiscovery: { wrong, right } }) => wrong / Math.max(1, wrong + right));
    const mean = shares.reduce((sum, share) => sum + share, 0) / REPETITIONS;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / REPETITIONS;
    // 3.72 standard errors: a mean of 1000 independent shares is normal enough.
    expect(mean).toBeLessThan(RATE + 3.72 * Math.sqrt(variance / REPETITIONS));
    const found = (list: 'falseDiscovery' | 'holm') => runs.reduce((sum, run) => sum + run[list].right, 0);
    expect(found('falseDiscovery')).toBeGreaterThan(found('holm'));
  });

  it('have these rates', () => {
    const average = (f: (run: (typeof runs)[number]) => number) =>
      Number((runs.reduce((sum, run) => sum + f(run), 0) / REPETITIONS).toPrecision(3));
    expect({
      anyFalse: { bonferroni: failures('bonferroni') / REPETITIONS, holm: failures('holm') / REPETITIONS },
      falseShare: average(({ falseDiscovery: { wrong, right } }) => wrong / Math.max(1, wrong + right)),
      found: {
        bonferroni: average((run) => run.bonferroni.right),
        holm: average((run) => run.holm.right),
        falseDiscovery: average((run) => run.falseDiscovery.right),
      },
    }).toEqual(RATES[id]);
  });
});
