/** What every metric here has in common: one report per installation in 28 days, at the default epsilon. */
export const monthly = {
  period: 28,
  epsilon: 1,
  owner: 'telemetry@example.org',
  expires: '2029-12-31',
} as const;

export const policy = Object.freeze({
  /** A share of some two percent is told from zero, and the replay takes less than two minutes on two cores. */
  defaultClients: 100_000,
  /** The replay keeps every installation in memory, at some 20 kB each. */
  maxClients: 250_000,
  /** Percent. Far below what 100,000 installations tell from zero a row of its own is only noise: it joins "other". */
  smallestShare: 1,
  /** Percent. Shares are rounded where they are published: they may add up to this much above 100. */
  totalSlack: 0.5,
});
