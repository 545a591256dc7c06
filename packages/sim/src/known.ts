/** For JSON, which has no NaN and no infinity. */
export function known(x: number | undefined): number | null {
  return x !== undefined && Number.isFinite(x) ? x : null;
}
