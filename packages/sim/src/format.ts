/** Columns padded to their widest cell: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  return rows.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
}

/** What a terminal obeys, turns around or does not show; texts come from files. Surrogates here are unpaired. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text from a file as it may be printed: nothing in it that a terminal obeys or hides. */
export function visible(text: string): string {
  return text.replace(UNSEEN, written);
}

function written(character: string): string {
  const code = (character.codePointAt(0) as number).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/** A dash for what is not known. */
export function percent(share: number | null): string {
  return share !== null && Number.isFinite(share) ? `${(100 * share).toFixed(2)}%` : '-';
}

export function significant(x: number): string {
  return String(Number(x.toPrecision(4)));
}

export function whole(n: number): string {
  return n.toLocaleString('en');
}
