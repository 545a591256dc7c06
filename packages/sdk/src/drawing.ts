import type { WordSource } from '@dither/mechanisms';
import { periodStart } from '@dither/protocol';
import type { Ledger } from './budget-ledger.js';

/**
 * Draws the metrics that this installation reports in the budget window that the ledger's day lies in, unless that was done:
 * before any value is read. A value, so that a registry that is not sampled bundles none of it.
 */
export type DrawMetrics = (ledger: Ledger, windowDays: number, source: WordSource) => void;

/** @param draw - draws the ids anew */
export function onceAWindow(draw: (source: WordSource) => readonly string[]): DrawMetrics {
  return (ledger, windowDays, source) => {
    const window = periodStart(ledger.highWater, windowDays);
    if (ledger.draw.window !== window) ledger.draw = { window, metrics: draw(source) };
  };
}
