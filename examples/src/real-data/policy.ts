/** What every metric here has in common: one report per installation in 28 days, at the default epsilon. */
export const monthly = {
  period: 28,
  epsilon: 1,
  owner: 'telemetry@example.org',
  expires: '2029-12-31',
} as const;

export const policy = Object.freeze({
  /** A percent of this many is told from nothing at epsilon 1, and playing them takes less than two minutes. */
  defaultClients: 100_000,
  /** More than the replay can hold in memory at once. */
  maxClients: 1_000_000,
  /** Percent: a smaller share is lost in the noise of 100,000 installations, and costs the others nothing as "other". */
  smallestShare: 1,
  /** Shares are rounded where they are published: their sum may come out this many percent too large. */
  totalSlack: 0.5,
});
