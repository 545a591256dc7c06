import type { Position } from './errors.js';
import { type JsonPath, JsonSyntaxError, scanJson } from './scan-json.js';

/** What a JSON text holds, and where. */
export interface LocatedJson {
  readonly value: unknown;
  /** Where the value at `path` is given (its key, if it has one); of a path that leads nowhere, its last part that exists. */
  positionOf(path: JsonPath): Position;
}

/** Thrown for a text that is not JSON, or gives a key twice. */
export class MalformedJsonError extends SyntaxError {
  override readonly name = 'MalformedJsonError';
  readonly position: Position;
  constructor(expected: string, position: Position) {
    super(expected);
    this.position = position;
  }
}

/** A byte-order mark is passed over. @throws MalformedJsonError */
export function parseLocatedJson(marked: string): LocatedJson {
  const text = marked.replace(/^\uFEFF/, '');
  const offsets = new Map<string, number>();
  try {
    scanJson(text, (path, offset) => offsets.set(JSON.stringify(path), offset));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new MalformedJsonError(error.message, positionAt(text, error.offset));
  }
  return {
    value: JSON.parse(text),
    positionOf(path) {
      for (let length = path.length; length > 0; length--) {
        const offset = offsets.get(JSON.stringify(path.slice(0, length)));
        if (offset !== undefined) return positionAt(text, offset);
      }
      return positionAt(text, offsets.get('[]') ?? 0);
    },
  };
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
