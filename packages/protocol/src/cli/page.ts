/** Part of a page. Texts are plain: whoever renders a page escapes them, all alike. */
export type Block =
  | { readonly heading: string; readonly level: 2 | 3 }
  | { readonly paragraph: string }
  | { readonly list: readonly string[] }
  /** Terms and what is said of each. */
  | { readonly facts: readonly (readonly [term: string, text: string])[] }
  | { readonly table: Table };

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The last row, which sums up the others. */
  readonly foot: readonly string[];
}

export interface Page {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** On one line, and drawn in the order it is written: without line breaks, controls and marks of direction. */
export function plain(text: string): string {
  return text.replace(/[\s\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu, ' ').trim();
}
