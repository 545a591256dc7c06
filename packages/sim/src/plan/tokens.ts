/** A piece of a wish, and the offset at which it begins. */
export interface Token {
  readonly kind: 'number' | 'word' | 'name' | 'sign' | 'end';
  /** In lower case; of a name what stands between its quotes, of a sign `%` or `,`. */
  readonly text: string;
  readonly at: number;
}

const PIECES = /\s*(?:(\d+(?:\.\d+)?|\.\d+)|"([^"]*)"|([%,])|([^\s%,"]+)|("))/gy;

/** Splits a wish. A quote that is not closed becomes a sign of its own, which no rule takes. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(PIECES)) {
    const [whole, number, quoted, sign, word, quote] = match;
    const at = match.index + whole.length - whole.trimStart().length;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (quoted !== undefined) tokens.push({ kind: 'name', text: quoted.toLowerCase(), at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase(), at });
    else tokens.push({ kind: 'sign', text: (sign ?? quote) as string, at });
  }
  return [...tokens, { kind: 'end', text: '', at: text.trimEnd().length }];
}
