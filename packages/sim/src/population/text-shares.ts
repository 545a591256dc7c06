import type { Metric } from '@dither/protocol';
import type { JsonPath } from '@dither/protocol/node';
import { policy } from '../policy.js';
import type { At } from './distributions.js';
import { checkTotal, type NamedFiles, type Refuse, readExponent, readObject, readWeight } from './read.js';
import { normalized, zipfWeights } from './shares.js';
import type { TextTable } from './text-table.js';

const WRITTEN =
  'has its texts (texts or file, or neither for made-up ones) and how common they are (zipf, uniform or weights)';

/**
 * The distribution of a text metric: `texts` or a `file` of one text per line, most common first, or neither, for
 * `text-1`, `text-2`, ...; and one of `{ "zipf": exponent }`, `{ "uniform": {} }` and, beside `texts`, `weights`.
 *
 * @param entry - without its "none"
 * @param table - gives texts their numbers
 * @returns the share of each number of the table that there is by now
 */
export function readTextShares(
  metric: Metric,
  entry: { readonly [key: string]: unknown },
  { path, refuse, files }: At,
  table: TextTable,
): Float64Array {
  const { texts: listed, file, ...rest } = entry;
  const [shape, ...others] = Object.keys(rest);
  if (others.length > 0 || (listed !== undefined && file !== undefined)) return refuse(path, WRITTEN);
  const texts =
    file === undefined
      ? readTexts(listed, [...path, 'texts'], refuse)
      : readFile(file, [...path, 'file'], refuse, files);
  const weights = readWeights(shape, rest[shape ?? ''], texts.length, listed !== undefined, path, refuse);

  const numbers = texts.map((text) => table.numberOf(metric.encode(text) as string));
  const shares = new Float64Array(table.texts.length);
  numbers.forEach((number, i) => {
    shares[number] = (shares[number] as number) + (weights[i] as number);
  });
  return normalized(shares);
}

function readTexts(json: unknown, path: JsonPath, refuse: Refuse): readonly string[] {
  if (json === undefined) return Array.from({ length: policy.shapedTexts }, (_, i) => `text-${i + 1}`);
  if (!Array.isArray(json) || json.length === 0) return refuse(path, 'is a list of texts');
  const known = new Set<string>();
  for (const [i, text] of json.entries()) {
    if (typeof text !== 'string' || text === '') refuse([...path, i], 'is a text; "no event" is "none" beside it');
    if (known.has(text)) refuse([...path, i], 'is there twice: a text has one place, and one weight');
    known.add(text);
  }
  return [...known];
}

function readFile(json: unknown, path: JsonPath, refuse: Refuse, files: NamedFiles): readonly string[] {
  const texts = typeof json === 'string' ? files.texts(json) : undefined;
  return texts ?? refuse(path, 'is the name of a file of one text per line');
}

function readWeights(
  shape: string | undefined,
  json: unknown,
  count: number,
  isListed: boolean,
  path: JsonPath,
  refuse: Refuse,
): ArrayLike<number> {
  const at = [...path, shape ?? ''];
  if (shape === 'zipf') return zipfWeights(count, readExponent(json, at, refuse));
  if (shape === 'uniform') {
    return Object.keys(readObject(json, at, refuse)).length === 0
      ? new Float64Array(count).fill(1)
      : refuse(at, 'takes nothing for texts');
  }
  if (shape !== 'weights' || !isListed) return refuse(path, WRITTEN);
  if (!Array.isArray(json) || json.length !== count) return refuse(at, 'is a list of weights, one per text');
  const weights = json.map((weight: unknown, i) => readWeight(weight, [...at, i], refuse));
  checkTotal(weights, at, refuse);
  return weights;
}
