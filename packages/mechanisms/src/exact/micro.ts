/** Epsilon is counted in millionths, as the budget ledger counts it. */
export const MICRO = 1_000_000;
