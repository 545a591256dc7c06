import { describe, expect, it } from 'vitest';
import { decodeTexts } from '../src/estimate/text/decode.js';
import { drawLarge, LARGE, LARGE_ALONE } from './support/text-large.js';
import { CHANNELS, FALSE_RUNS_OF_200, GOALS, LISTED_GOAL, runSuite, summarize } from './support/text-suite.js';
import type { Shape } from './support/text-world.js';

const SEEDS = 200;

function runs(channel: keyof typeof CHANNELS, shape: Shape, missing: 'every tenth' | 'any ten') {
  return Array.from({ length: SEEDS }, (_, i) => runSuite(CHANNELS[channel], shape, missing, `${channel}/${i}`));
}

describe.each(Object.keys(GOALS) as Shape[])('the published suite, %s', (shape) => {
  const goal = GOALS[shape];

  it('reaches its figures', () => {
    const summary = summarize(runs('published', shape, 'every tenth'), goal.falseTexts);
    expect(summary.detected).toBeGreaterThanOrEqual(goal.detected);
    expect(summary.detected).toBeLessThanOrEqual(summary.bound + 1);
    expect(summary.atFalseTexts).toBeGreaterThanOrEqual(goal.atFalseTexts);
    expect(summary.falseRuns).toBeLessThanOrEqual(FALSE_RUNS_OF_200);
    expect(summary.falseShare).toBeLessThanOrEqual(0.05);
    if (shape === 'unif') expect(summary.listed).toBeGreaterThanOrEqual(LISTED_GOAL);
  });

  it('reaches more with the same epsilons in one hash and 32 bits', () => {
    const summary = summarize(runs('advised', shape, 'every tenth'), goal.falseTexts);
    expect(summary.detected).toBeGreaterThanOrEqual(goal.advised);
    expect(summary.falseRuns).toBeLessThanOrEqual(FALSE_RUNS_OF_200);
    expect(summary.falseShare).toBeLessThanOrEqual(0.05);
  });

  it('keeps its rates whatever is missing', () => {
    const summary = summarize(runs('published', shape, 'any ten'), goal.falseTexts);
    expect(summary.falseRuns).toBeLessThanOrEqual(FALSE_RUNS_OF_200);
    expect(summary.falseShare).toBeLessThanOrEqual(0.05);
  });
});

describe.each([
  ['as published', LARGE],
  ['a report alone, epsilon 4', LARGE_ALONE],
] as const)('10,000 candidates, 9,100 of them false, %s', (name, channel) => {
  it.each([false, true])('keep the family-wise rate, heaviest text missing: %s', (isHeaviestMissing) => {
    let wrong = 0;
    for (let i = 0; i < SEEDS; i++) {
      const { counts, candidates, truth } = drawLarge(channel, isHeaviestMissing, `${name}/${i}`);
      if (decodeTexts(counts, candidates).isDetected.some((x, v) => x === 1 && truth[v] === 0)) wrong++;
    }
    expect(wrong).toBeLessThanOrEqual(FALSE_RUNS_OF_200);
  });
});
