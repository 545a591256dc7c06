import type { JsonPath } from '@dither/protocol/node';

/** Refuses what stands at `path` of the file. */
export type Refuse = (path: JsonPath, expected: string) => never;

/** JSON of another file that a population names, and how what stands in it is refused. */
export interface NamedJson {
  readonly value: unknown;
  readonly refuse: Refuse;
}

/** The files that a population names, by the name it has for them; undefined where there is none. */
export interface NamedFiles {
  /** One text per line. */
  texts(file: string): readonly string[] | undefined;
  /** Weights of numbers, or of values. */
  weights(file: string): NamedJson | undefined;
}

export const noFiles: NamedFiles = { texts: () => undefined, weights: () => undefined };

export function readObject(json: unknown, path: JsonPath, refuse: Refuse): { readonly [key: string]: unknown } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuse(path, 'is an object');
  return json as { readonly [key: string]: unknown };
}

export function readNumber(
  json: unknown,
  path: JsonPath,
  refuse: Refuse,
  expected: string,
  isSound: (x: number) => boolean = () => true,
): number {
  return typeof json === 'number' && Number.isFinite(json) && isSound(json) ? json : refuse(path, expected);
}

/** The numbers an object holds under exactly the given keys. */
export function readNumbers<Key extends string>(
  json: unknown,
  path: JsonPath,
  refuse: Refuse,
  keys: Readonly<Record<Key, 'any' | 'positive'>>,
): Readonly<Record<Key, number>> {
  const names = Object.keys(keys) as Key[];
  const object = readObject(json, path, refuse);
  const stranger = Object.keys(object).find((key) => !names.includes(key as Key));
  if (stranger !== undefined) refuse([...path, stranger], `is not known here; known: ${names.join(', ')}`);
  return Object.fromEntries(
    names.map((name) => {
      const isPositive = keys[name] === 'positive';
      const expected = `needs ${name}, a number${isPositive ? ' above 0' : ''}`;
      const at = name in object ? [...path, name] : path;
      return [name, readNumber(object[name], at, refuse, expected, (x) => !isPositive || x > 0)];
    }),
  ) as Record<Key, number>;
}

export function readExponent(json: unknown, path: JsonPath, refuse: Refuse): number {
  return readNumber(json, path, refuse, 'is an exponent, 0 or more', (x) => x >= 0);
}

export function readWeight(json: unknown, path: JsonPath, refuse: Refuse): number {
  return readNumber(json, path, refuse, 'is a weight, 0 or more', (x) => x >= 0);
}

/** They need not sum to anything: percentages are weights, too. */
export function checkTotal(weights: ArrayLike<number>, path: JsonPath, refuse: Refuse): void {
  if (!Array.from(weights).some((weight) => weight > 0)) refuse(path, 'needs a weight above 0');
}

/** What a list of pairs `[what, weight]` says, and where. */
export function readPairs(json: readonly unknown[], path: JsonPath, refuse: Refuse): readonly Weighed[] {
  return json.map((pair: unknown, i) => {
    if (!Array.isArray(pair) || pair.length !== 2) return refuse([...path, i], 'is a pair, such as [25, 10]');
    return { what: pair[0], whatPath: [...path, i, 0], weight: readWeight(pair[1], [...path, i, 1], refuse) };
  });
}

/** Something, where it is said, and its weight. */
export interface Weighed {
  readonly what: unknown;
  readonly whatPath: JsonPath;
  readonly weight: number;
}
