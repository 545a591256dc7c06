import { policy } from './policy.js';

/** Columns padded to their widest cell: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  return rows.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
}

/** The estimate as a bar, the truth as a mark on it. */
export function bar(truth: number, estimate: number, top: number): string {
  const place = (share: number): number =>
    Math.max(0, Math.min(policy.barWidth, Math.round((share / top) * policy.barWidth)));
  const letters = [...'#'.repeat(place(estimate)).padEnd(policy.barWidth + 1)];
  letters[place(truth)] = '|';
  return letters.join('').trimEnd();
}

/** What a terminal would obey is shown as a dot: texts come from files. */
export function clipped(label: string): string {
  const plain = label.replace(/\p{Cc}/gu, '·');
  return plain.length <= policy.labelWidth ? plain : `${plain.slice(0, policy.labelWidth - 3)}...`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

export function significant(x: number): string {
  return String(Number(x.toPrecision(4)));
}

export function whole(n: number): string {
  return n.toLocaleString('en');
}
