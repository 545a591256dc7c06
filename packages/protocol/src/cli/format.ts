/** `100,000`, or `1 in 3` as `0.333`. */
export function formatNumber(x: number): string {
  return x.toLocaleString('en-US', { maximumSignificantDigits: x >= 1000 ? 12 : 3 });
}

/** A share as a percentage with three significant digits. */
export function formatShare(share: number): string {
  return `${formatNumber(100 * share)}%`;
}

export function formatPeriod(days: number): string {
  return days === 1 ? 'day' : `${days} days`;
}

/** Columns padded to their widest cell, two spaces between. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd()).join('\n');
}
