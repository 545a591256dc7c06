/** What can be written as source: data, a name in scope, and a call of one. */
export type Source =
  | string
  | number
  | boolean
  | null
  | Name
  | Call
  | readonly Source[]
  | { readonly [key: string]: Source | undefined };

/** Something that the module imports. */
class Name {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

class Call {
  /** Up to the argument. */
  readonly head: string;
  readonly argument: Source;
  constructor(head: string, argument: Source) {
    this.head = head;
    this.argument = argument;
  }
}

/** A name in scope, as an expression. */
export function name(identifier: string): Source {
  return new Name(identifier);
}

export function call(callee: string, argument: Source): Source {
  return new Call(`${callee}(`, argument);
}

/** A call of two arguments, the first being a name. */
export function callOn(callee: string, identifier: string, argument: Source): Source {
  return new Call(`${callee}(${identifier}, `, argument);
}

/** What a line may hold; formatters at this width, with single quotes, leave the text as it is. */
export const WIDTH = 120;

/**
 * Source text of `source`, on one line where it fits and otherwise over several.
 * @param indent - of the line it begins on
 * @param before - how much of that line is taken
 * @param after - how much follows on the last line, such as a comma
 */
function print(source: Source, indent = '', before = indent.length, after = 1): string {
  const line = flat(source);
  return line !== undefined && before + line.length + after <= WIDTH ? line : broken(source, indent);
}

/** An object over several lines, whether or not it would fit on one: a property a line. */
export function printBlock(properties: { readonly [key: string]: Source | undefined }, indent = ''): string {
  const inner = `${indent}  `;
  const lines = entriesOf(properties).map(([key, value]) => {
    if (value instanceof Name && value.name === key) return `${inner}${key},\n`;
    const start = `${inner}${keyOf(key)}: `;
    return `${start}${print(value, inner, start.length)},\n`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}

function broken(source: Source, indent: string): string {
  if (source instanceof Call) return `${source.head}${broken(source.argument, indent)})`;
  if (isList(source)) return brokenList(source, indent);
  if (isObject(source)) return printBlock(source, indent);
  return flat(source) ?? '';
}

function brokenList(list: readonly Source[], indent: string): string {
  const inner = `${indent}  `;
  const isNumbers = list.length > 1 && list.every((item) => typeof item === 'number');
  const lines = isNumbers ? filled(list.map(quoted), inner) : list.map((item) => `${inner}${print(item, inner)},\n`);
  return `[\n${lines.join('')}${indent}]`;
}

/** As many to a line as fit. */
function filled(items: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const item of items) {
    const next = line === indent ? `${indent}${item},` : `${line} ${item},`;
    if (next.length > WIDTH && line !== indent) {
      lines.push(`${line}\n`);
      line = `${indent}${item},`;
    } else line = next;
  }
  return [...lines, `${line}\n`];
}

/** On one line; undefined of what formatters never leave on one: several objects or lists side by side. */
function flat(source: Source): string | undefined {
  if (source instanceof Name) return source.name;
  if (source instanceof Call) {
    const argument = flat(source.argument);
    return argument === undefined ? undefined : `${source.head}${argument})`;
  }
  if (isList(source)) {
    if (source.length > 1 && (source.every(isLongList) || source.every(isLongObject))) return undefined;
    const items = source.map(flat);
    return items.includes(undefined) ? undefined : `[${items.join(', ')}]`;
  }
  if (isObject(source)) {
    const items = entriesOf(source).map(([key, value]) => [keyOf(key), flat(value)] as const);
    if (items.some(([, text]) => text === undefined)) return undefined;
    return items.length === 0 ? '{}' : `{ ${items.map(([key, text]) => `${key}: ${text}`).join(', ')} }`;
  }
  return quoted(source);
}

function isList(source: Source): source is readonly Source[] {
  return Array.isArray(source);
}

function isObject(source: Source): source is { readonly [key: string]: Source | undefined } {
  return (
    typeof source === 'object' &&
    source !== null &&
    !isList(source) &&
    !(source instanceof Name || source instanceof Call)
  );
}

function isLongList(source: Source): boolean {
  return isList(source) && source.length > 1;
}

function isLongObject(source: Source): boolean {
  return isObject(source) && entriesOf(source).length > 1;
}

function entriesOf(object: { readonly [key: string]: Source | undefined }): readonly [string, Source][] {
  return Object.entries(object).filter((entry): entry is [string, Source] => entry[1] !== undefined);
}

function keyOf(key: string): string {
  return isIdentifierName(key) ? key : quoted(key);
}

/** Such as may stand for a property or an export; reserved words are among them. */
export function isIdentifierName(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text);
}

/**
 * A text, number, truth value or null as source. Nothing of a text can end the literal or be drawn otherwise than it
 * reads: controls and marks of direction are escaped.
 */
export function quoted(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value).replace('e+', 'e');
  const inside = JSON.stringify(value)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
  const [singles, doubles] = ["'", '"'].map((mark) => inside.split(mark).length) as [number, number];
  const mark = singles > doubles ? '"' : "'";
  return `${mark}${inside.replaceAll(mark, `\\${mark}`)}${mark}`;
}

/** @param text - one code point */
function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
