/** Thrown by {@link scanJson}. */
export class JsonSyntaxError extends SyntaxError {
  override readonly name = 'JsonSyntaxError';
  readonly offset: number;
  constructor(offset: number, expected: string) {
    super(expected);
    this.offset = offset;
  }
}

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![A-Za-z0-9.+-])/y;

/** Keys and, in lists, indexes, from the outermost inwards. */
export type JsonPath = readonly (string | number)[];

/** Nesting that no file of ours comes near. */
const MAX_DEPTH = 64;

/**
 * Checks a JSON text and tells where its values are, which `JSON.parse` does not on every Node. Stricter than it in
 * one point: a key is given once, for otherwise a reviewer may read one value and the program another.
 *
 * @param onValue - called with the path of each value and the offset of its key, or of itself if it has none
 * @throws JsonSyntaxError with the offset of what is wrong
 */
export function scanJson(text: string, onValue: (path: JsonPath, offset: number) => void): void {
  let at = 0;

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function skip(letter: string): boolean {
    match(SPACE);
    if (text[at] !== letter) return false;
    at++;
    match(SPACE);
    return true;
  }

  function expect(letter: string, expected: string): void {
    if (!skip(letter)) throw new JsonSyntaxError(at, expected);
  }

  function members(path: JsonPath): void {
    const seen = new Set<string>();
    do {
      const start = at;
      const raw = match(STRING);
      if (raw === undefined) throw new JsonSyntaxError(at, 'expected a key in double quotes');
      const key = JSON.parse(raw) as string;
      if (seen.has(key)) throw new JsonSyntaxError(start, 'this key is given twice');
      seen.add(key);
      expect(':', 'expected a colon');
      value([...path, key], start);
    } while (skip(','));
    expect('}', 'expected a comma or a closing brace');
  }

  function items(path: JsonPath): void {
    let index = 0;
    do value([...path, index++], at);
    while (skip(','));
    expect(']', 'expected a comma or a closing bracket');
  }

  function value(path: JsonPath, offset: number): void {
    onValue(path, offset);
    if (path.length > MAX_DEPTH) throw new JsonSyntaxError(at, `nested deeper than ${MAX_DEPTH}`);
    if (skip('{')) {
      if (!skip('}')) members(path);
    } else if (skip('[')) {
      if (!skip(']')) items(path);
    } else if (match(STRING) === undefined && match(SCALAR) === undefined) {
      throw new JsonSyntaxError(at, at === text.length ? 'the text ends early' : 'expected a value');
    }
  }

  match(SPACE);
  value([], at);
  match(SPACE);
  if (at < text.length) throw new JsonSyntaxError(at, 'expected the end of the text');
}
