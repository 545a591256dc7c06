import { policy } from './policy.js';

export type JsonPath = readonly (string | number)[];

// Each takes the space before what it looks for.
const OPEN = { object: /\s*\{/y, list: /\s*\[/y };
const CLOSE = { object: /\s*\}/y, list: /\s*\]/y };
const COMMA = /\s*,/y;
const COLON = /\s*:/y;
const SPACE = /\s*/y;
const STRING = /\s*"(?:[^"\\\r\n\t]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /\s*(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

/**
 * Where the value at `path` begins in a JSON text; where the path leads nowhere, where its last existing part
 * begins; where the text is not JSON, the first place that is not. Counts from one.
 *
 * `JSON.parse` reads the values; this is asked only when there is something to complain about.
 */
export function placeInJson(text: string, path: JsonPath = []): { readonly line: number; readonly column: number } {
  let at = 0;
  let found = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    at += match?.length ?? 0;
    return match;
  };

  /** Reads one value; `rest` is what is left of the path, or undefined beside it. False where the text is not JSON. */
  const readValue = (rest: JsonPath | undefined, depth: number): boolean => {
    take(SPACE);
    if (rest !== undefined) found = at;
    if (depth > policy.jsonDepth) return false;
    if (take(OPEN.object) !== undefined) return readItems('object', rest, depth);
    if (take(OPEN.list) !== undefined) return readItems('list', rest, depth);
    return take(SCALAR) !== undefined || take(STRING) !== undefined;
  };
  const readItems = (kind: 'object' | 'list', rest: JsonPath | undefined, depth: number): boolean => {
    if (take(CLOSE[kind]) !== undefined) return true;
    for (let index = 0; ; index++) {
      const key = kind === 'list' ? index : readKey();
      if (key === undefined) return false;
      const isOnPath = rest !== undefined && rest[0] === key;
      if (!readValue(isOnPath ? rest.slice(1) : undefined, depth + 1)) return false;
      if (take(COMMA) === undefined) return take(CLOSE[kind]) !== undefined;
    }
  };
  const readKey = (): string | undefined => {
    const quoted = take(STRING);
    return quoted !== undefined && take(COLON) !== undefined ? (JSON.parse(quoted) as string) : undefined;
  };

  const isValue = readValue(path, 0);
  take(SPACE);
  const before = text.slice(0, isValue && at === text.length ? found : at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
