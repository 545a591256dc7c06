/** Epsilon in words. Bounds are rounded up: "at most" stays true. */

/** Above a million nobody is held back by a factor. */
export function isUseful(epsilon: number): boolean {
  return Math.exp(epsilon) <= 1_000_000;
}

/** `at most 2.72 times likelier` */
export function likelier(epsilon: number): string {
  if (!isUseful(epsilon)) {
    const digits = Math.floor(epsilon / Math.LN10) + 1;
    return `likelier by a factor of up to ${digits} digits, which as odds is no useful limit,`;
  }
  const factor = Math.exp(epsilon);
  // Three digits, or two of what is above 1 if that is finer.
  const places = Math.max(2 - Math.floor(Math.log10(factor)), 1 - Math.floor(Math.log10(factor - 1)));
  const rounded = Math.ceil(factor * 10 ** places) / 10 ** places;
  return `at most ${rounded.toLocaleString('en-US', { maximumFractionDigits: Math.max(0, places) })} times likelier`;
}

/** `at most 73.2% sure`: of somebody who held two truths for equally likely. */
export function sure(epsilon: number): string {
  const share = 1 / (1 + Math.exp(-epsilon));
  if (share > 0.99) return 'all but sure';
  return `at most ${Math.ceil(1000 * share) / 10}% sure`;
}

/** `about 27 of 100` */
export function outOf(share: number): string {
  const whole = [100, 10_000, 1_000_000].find((n) => share * n >= 2) ?? 1_000_000_000;
  return `about ${Math.round(share * whole)} of ${whole.toLocaleString('en-US')}`;
}
