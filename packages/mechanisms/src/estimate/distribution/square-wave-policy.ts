/**
 * Variance of the EMS kernel, as a part of the squared number of cells: it spreads the curve alike however fine the
 * cells are, and is the usual (1/4, 1/2, 1/4) at 512 cells. At epsilon 1 to 4 and 10^4 to 10^6 reports, twice and four
 * times as much err the same on a curve with one hump, and up to twice as much on one with two.
 */
export const SMOOTHING = 2 ** -18;

/**
 * Change of the log-likelihood at which EMS stops. Li and others 2020, section 5.5, go to 1e-3, for twice the steps and
 * the same error; at 0.1 the error at high quantiles is half as much again.
 */
export const TOLERANCE = 1e-2;

/** EMS takes some hundreds of steps, the more the smaller epsilon is; this ends what does not settle. */
export const MAX_STEPS = 5000;

/** Borders tried as the end of a quantile's interval. With more cells it is rounded outwards to one of these. */
export const MAX_BORDERS = 256;

/** Groups of the histogram: at epsilon 1 and 100,000 reports an interval is already as long as a share. */
export const GROUPS = 8;

/** Each width of a ramp tried is this many times the one before. */
export const RAMP_GROWTH = 1.4;

/** Two-sided 95% to be told from zero, 19 times in 20: Currie 1968, as for frequencies. */
export const TOLD = 1.959964 + 1.644854;

/** Simulated runs behind a predicted error, which is then known to about a tenth. */
export const RUNS = 40;

/** Cells of a simulated run, so that a prediction stays quick; the smoothing is relative, so fewer cells err alike. */
export const SIMULATED_CELLS = 128;
