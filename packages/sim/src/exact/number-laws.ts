import type { WordSource } from '@dither/mechanisms';
import { probability } from '@dither/mechanisms';
import type { DuchiParams } from '@dither/mechanisms/duchi';
import type { HybridParams } from '@dither/mechanisms/hybrid';
import type { OneBitMeanParams } from '@dither/mechanisms/one-bit-mean';
import type { PiecewiseParams } from '@dither/mechanisms/piecewise';
import type { RrParams } from '@dither/mechanisms/rr';
import { binomial } from '../random/binomial.js';
import { multinomial, scatter } from '../random/multinomial.js';
import { add, addAll, type Draw } from './draw.js';
import { keptOf, scatterRest } from './mixture.js';
import { fallInWindows } from './window.js';

/* A yes or no, and the mechanisms that are asked for the mean of a count. */

/** How likely a yes comes out, whose question is answered by yes with a chance. */
function yesOf(truth: number, chance: number): number {
  return 1 - truth + chance * (2 * truth - 1);
}

/** The state counts the yes alone. */
export function rr(params: RrParams): Draw {
  const truth = probability(params.truth);
  return (counts, holders, source) => {
    for (let value = 0; value < holders.length; value++) {
      add(counts, 0, binomial(source, holders[value] as number, yesOf(truth, value)));
    }
  };
}

/** The count is rounded to one of its ends, and the bit answered. */
export function duchi(params: DuchiParams): Draw {
  const truth = probability(params.truth);
  return (counts, holders, source) => {
    for (let value = 0; value < holders.length; value++) {
      const all = holders[value] as number;
      const yes = binomial(source, all, yesOf(truth, value / params.clamp));
      add(counts, 0, all - yes);
      add(counts, 1, yes);
    }
  };
}

/** Half are asked for the mean, a quarter each whether it is zero, and whether it is the clamp. */
const ASKED = [1 / 2, 1 / 4, 1 / 4];

export function oneBitMean({ clamp, truth }: OneBitMeanParams): Draw {
  const p = probability(truth);
  return (counts, holders, source) => {
    for (let value = 0; value < holders.length; value++) {
      const yes = [value / clamp, Number(value === 0), Number(value === clamp)];
      multinomial(source, holders[value] as number, ASKED).forEach((asked, question) => {
        const said = binomial(source, asked, yesOf(p, yes[question] as number));
        add(counts, 2 * question, asked - said);
        add(counts, 2 * question + 1, said);
      });
    }
  };
}

type Grid = Pick<PiecewiseParams, 'clamp' | 'steps'>;

/** Adds to places 0 .. steps how the holders of a value are rounded to them. */
function round({ clamp, steps }: Grid, value: number, all: number, places: Float64Array, source: WordSource): void {
  const place = Math.floor((value * steps) / clamp);
  const up = binomial(source, all, ((value * steps) % clamp) / clamp);
  add(places, place, all - up);
  if (up > 0) add(places, place + 1, up);
}

/** Kept are outputs of the window of the place that the value is rounded to. */
export function piecewise(params: PiecewiseParams): Draw {
  const { steps, window, outputs } = params;
  const keep = probability(params.keep);
  return (counts, holders, source) => {
    const kept = keptOf(holders, keep, source);
    scatterRest(counts, outputs, holders, kept, source);
    const places = new Float64Array(steps + 1);
    for (let value = 0; value < kept.length; value++) round(params, value, kept[value] as number, places, source);
    addAll(counts, fallInWindows(source, places, window));
  };
}

/** One draw decides: from the window, any output, the bit as it is, the bit turned. */
export function hybrid(params: HybridParams): Draw {
  const { outputs, clamp, steps, window } = params;
  const inside = probability(params.inside);
  const anywhere = probability(params.anywhere);
  const bitTruth = (probability(params.truth) - anywhere) / (1 - anywhere);
  const parts = [inside, anywhere - inside, 1 - anywhere];
  return (counts, holders, source) => {
    const places = new Float64Array(steps + 1);
    let outside = 0;
    for (let value = 0; value < holders.length; value++) {
      const [kept = 0, random = 0, bits = 0] = multinomial(source, holders[value] as number, parts);
      round(params, value, kept, places, source);
      outside += random;
      const yes = binomial(source, bits, yesOf(bitTruth, value / clamp));
      add(counts, outputs, bits - yes);
      add(counts, outputs + 1, yes);
    }
    addAll(counts, fallInWindows(source, places, window));
    scatter(source, outside, counts, 0, outputs);
  };
}
