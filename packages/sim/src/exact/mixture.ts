import type { WordSource } from '@dither/mechanisms';
import { binomial } from '../random/binomial.js';
import { scatter, spread } from '../random/multinomial.js';
import { add, type Draw } from './draw.js';

/** A report is one of so many symbols, and the state counts each. */
export interface Mixture {
  readonly symbols: number;
  /** Chance that a report is one of the value's own symbols, each as likely; else it is any of all, each as likely. */
  readonly keep: number;
  /** How many symbols are a value's own. */
  readonly own: number;
  /** The i-th of a value's own symbols, i below `own`. */
  readonly symbol: (value: number, i: number) => number;
}

/** A draw of so many reports of which each is kept by a coin, and else falls anywhere. */
export function drawMixture({ symbols, keep, own, symbol }: Mixture): Draw {
  return (counts, holders, source) => {
    const kept = keptOf(holders, keep, source);
    scatterRest(counts, symbols, holders, kept, source);
    for (let value = 0; value < kept.length; value++) {
      spread(source, kept[value] as number, own, (i, count) => add(counts, symbol(value, i), count));
    }
  };
}

/** How many of each value are kept. */
export function keptOf(holders: ArrayLike<number>, keep: number, source: WordSource): Float64Array {
  const kept = new Float64Array(holders.length);
  for (let value = 0; value < kept.length; value++) kept[value] = binomial(source, holders[value] as number, keep);
  return kept;
}

/** Those that are not kept fall anywhere, whatever their value, and are drawn together. */
export function scatterRest(
  counts: Float64Array,
  symbols: number,
  holders: ArrayLike<number>,
  kept: Float64Array,
  source: WordSource,
): void {
  let rest = 0;
  for (let value = 0; value < kept.length; value++) rest += (holders[value] as number) - (kept[value] as number);
  scatter(source, rest, counts, 0, symbols);
}
