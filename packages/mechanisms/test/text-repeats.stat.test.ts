import { aggregator, client, params } from '@dither/mechanisms/rappor';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { binomialTail } from './support/binomial-tail.js';
import { seededSource } from './support/seeded.js';

/** False-alarm rate of each test below. */
const ALPHA = 1e-4;

const RUNS = 250;
const INSTALLATIONS = 400;
const CANDIDATES = Array.from({ length: 7 }, (_, i) => `text ${i}`);

/** The second stage hides next to nothing more than the first: reports of one epoch are nearly alike. */
const optionsOf = (reports: number) => ({
  bits: 4,
  hashes: 1,
  cohorts: 4,
  epsilonFirst: 1.9,
  epsilonInfinity: 2,
  reports,
});

/** Half of the installations have a text, each candidate as many; all report as often as an epoch allows. */
function drawState(reports: number, seed: string) {
  const p = params(optionsOf(reports));
  const source = seededSource(seed);
  const uniform = seedrandom(`${seed}/cohorts`);
  const state = aggregator.empty(p);
  const held = new Map<string, number>();
  for (let i = 0; i < INSTALLATIONS; i++) {
    const text = CANDIDATES[i % (2 * CANDIDATES.length)] ?? '';
    held.set(text, (held.get(text) ?? 0) + 1 / INSTALLATIONS);
    const permanent = client.latch(p, text, Math.floor(64 * uniform()), source);
    for (let day = 0; day < reports; day++) aggregator.accumulate(p, state, client.report(p, permanent, source));
  }
  return { p, state, shareOf: (text: string) => held.get(text) ?? 0 };
}

const DRAWN = new Map(
  [2, 4].map((reports) => [reports, Array.from({ length: RUNS }, (_, run) => drawState(reports, `${reports}/${run}`))]),
);

/** How many runs missed the share of one candidate, drawn anew in each, and that of all texts together. */
function misses(reports: number, repeats: number): { readonly candidate: number; readonly withText: number } {
  const choose = seedrandom('choose');
  let [candidate, withText] = [0, 0];
  for (const { p, state, shareOf } of DRAWN.get(reports) ?? []) {
    const estimate = aggregator.texts(p, state, { candidates: CANDIDATES, repeats });
    const chosen = estimate.texts[Math.floor(choose() * CANDIDATES.length)];
    if (chosen === undefined) throw new Error('no such candidate');
    const truth = shareOf(chosen.text);
    if (!(chosen.low <= truth && truth <= chosen.high)) candidate++;
    const share = 1 - shareOf('');
    if (!(estimate.withText.low <= share && share <= estimate.withText.high)) withText++;
  }
  return { candidate, withText };
}

describe('intervals over several reports of each installation in one epoch', () => {
  it.each([2, 4])('cover at least .94 when told that there are %d', (reports) => {
    const { candidate, withText } = misses(reports, reports);
    expect(binomialTail(RUNS, 0.06, candidate)).toBeGreaterThan(ALPHA);
    expect(binomialTail(RUNS, 0.06, withText)).toBeGreaterThan(ALPHA);
  });

  it('do not when not told: misfit notices a part of it, and has no say in the share with a text', () => {
    const { candidate, withText } = misses(4, 1);
    expect(binomialTail(RUNS, 0.06, candidate)).toBeLessThan(ALPHA);
    expect(binomialTail(RUNS, 0.3, withText)).toBeGreaterThan(ALPHA);
    expect(binomialTail(RUNS, 0.12, withText)).toBeLessThan(ALPHA);
  });
});

describe('the error foretold for a rare text', () => {
  it('has the permanent stage once for each installation, not once for each report', () => {
    const p = params(optionsOf(4));
    const error = (reports: number, repeats?: number) => aggregator.rareError(p, reports, repeats);
    expect(error(1600, 1)).toBe(error(1600));
    // Nearly as if the installations had reported once: exactly so, were there no second stage.
    expect(error(1600, 4) / error(400)).toBeLessThan(1);
    expect(error(1600, 4) / error(400)).toBeGreaterThan(0.95);
  });

  it('is that of the estimates', () => {
    const p = params({ ...optionsOf(4), bits: 32, cohorts: 64 });
    const state = aggregator.empty(p);
    const source = seededSource('rare');
    for (let i = 0; i < 2000; i++) {
      const permanent = client.latch(p, 'common', i, source);
      for (let day = 0; day < 4; day++) aggregator.accumulate(p, state, client.report(p, permanent, source));
    }
    const { texts } = aggregator.texts(p, state, { candidates: ['common', 'rare'], repeats: 4 });
    const ratio = (texts[1]?.standardError ?? 0) / aggregator.rareError(p, 8000, 4);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  });
});
