/** The histogram has the coarsest groups of which there are this many: what one wants to see, with least noise. */
export const HISTOGRAM_GROUPS = 16;

/** A drawn group holds, on average, this many standard errors of its share, or is drawn as part of a larger one. */
export const DRAWN_ERRORS = 2;

/** Two-sided confidence at which a share is told from zero, and how surely: Currie 1968, as for frequencies. */
export const TOLD_ALPHA = 0.025;
export const TOLD_POWER = 0.95;
