import type { Metric } from '@dither/protocol';
import type { JsonPath } from '@dither/protocol/node';
import { policy } from '../policy.js';
import { type Refuse, readNumber, readObject, WEIGHT } from './distributions.js';
import { type Law, weighted, zipfWeights } from './law.js';
import { type TextTable, textTable } from './text-table.js';

/** The lines of a file that a population names, or undefined where there is none. */
export type FileTexts = (file: string) => readonly string[] | undefined;

export interface TextLaw {
  readonly table: TextTable;
  /** Draws a number of the table. */
  readonly law: Law;
}

const WRITTEN =
  'has its texts (texts or file, or neither for made-up ones) and how common they are (zipf, uniform or weights)';

/**
 * The distribution of a text metric: `texts` or a `file` of one text per line, most common first, or neither, for
 * `text-1`, `text-2`, ...; and one of `{ "zipf": exponent }`, `{ "uniform": {} }` and, beside `texts`, `weights`.
 *
 * @param entry - without its "none"
 */
export function readTextLaw(
  metric: Metric,
  entry: { readonly [key: string]: unknown },
  path: JsonPath,
  refuse: Refuse,
  fileTexts: FileTexts,
): TextLaw {
  const { texts: listed, file, ...rest } = entry;
  const [shape, ...others] = Object.keys(rest);
  if (others.length > 0 || (listed !== undefined && file !== undefined)) return refuse(path, WRITTEN);
  const texts =
    file === undefined
      ? readTexts(listed, [...path, 'texts'], refuse)
      : readFile(file, [...path, 'file'], refuse, fileTexts);
  const weights = readWeights(shape, rest[shape ?? ''], texts.length, listed !== undefined, path, refuse);

  const table = textTable();
  const numbers = texts.map((text) => table.numberOf(metric.encode(text) as string));
  const draw = weighted(weights);
  return { table, law: (source) => numbers[draw(source)] as number };
}

function readTexts(json: unknown, path: JsonPath, refuse: Refuse): readonly string[] {
  if (json === undefined) return Array.from({ length: policy.shapedTexts }, (_, i) => `text-${i + 1}`);
  if (!Array.isArray(json) || json.length === 0) return refuse(path, 'is a list of texts');
  return json.map((text: unknown, i) =>
    typeof text === 'string' && text !== '' ? text : refuse([...path, i], 'is a text; "no event" is "none" beside it'),
  );
}

function readFile(json: unknown, path: JsonPath, refuse: Refuse, fileTexts: FileTexts): readonly string[] {
  const texts = typeof json === 'string' ? fileTexts(json) : undefined;
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
  if (shape === 'zipf') {
    return zipfWeights(
      count,
      readNumber(json, at, refuse, 'is an exponent, 0 or more', (x) => x >= 0),
    );
  }
  if (shape === 'uniform') {
    return Object.keys(readObject(json, at, refuse)).length === 0
      ? new Float64Array(count).fill(1)
      : refuse(at, 'takes nothing for texts');
  }
  if (shape !== 'weights' || !isListed) return refuse(path, WRITTEN);
  if (!Array.isArray(json) || json.length !== count) return refuse(at, 'is a list of weights, one per text');
  const weights = json.map((weight: unknown, i) => readNumber(weight, [...at, i], refuse, WEIGHT, (x) => x >= 0));
  return weights.some((weight) => weight > 0) ? weights : refuse(at, 'needs a weight above 0');
}
