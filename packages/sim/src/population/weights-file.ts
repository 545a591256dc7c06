import { SimError } from '../errors.js';
import { parseJson, readText } from '../files.js';
import { policy } from '../policy.js';
import { fileLines } from '../text-files.js';
import { csvColumns, csvFields, csvNumber, withoutMark } from './csv.js';
import type { NamedJson, Refuse } from './read.js';

/** What the first field of a line is. */
export type Weighted = 'number' | 'label';

/**
 * A published histogram beside a population: JSON as it could stand in the population itself, or CSV with a line
 * `number,weight` or `label,weight` each, of which the first may be a header. A weight may be a percentage.
 *
 * @throws SimError `file-unreadable`, `json-malformed`, `population-invalid`
 */
export async function readWeightsFile(path: string, what: Weighted): Promise<NamedJson> {
  if (path.endsWith('.json')) {
    const json = parseJson(path, await readText(path));
    return { value: json.value, refuse: refuser(path, json.positionOf) };
  }
  return readCsv(path, what);
}

/** Refuses what stands in a file, with its place. */
export function refuser(
  file: string,
  positionOf: (path: Parameters<Refuse>[0]) => { readonly line: number; readonly column: number },
): Refuse {
  return (path, expected) => {
    throw new SimError('population-invalid', `${path.join('.') || 'the file'} ${expected}`, {
      file,
      ...positionOf(path),
    });
  };
}

async function readCsv(file: string, what: Weighted): Promise<NamedJson> {
  const pairs: (readonly [what: string | number, weight: number])[] = [];
  const lines: { readonly number: number; readonly columns: readonly number[] }[] = [];
  let number = 0;
  for await (const text of fileLines(file)) {
    number++;
    const line = number === 1 ? withoutMark(text) : text;
    if (line.trim() === '') continue;
    const columns = csvColumns(line);
    const [left = '', right = '', ...others] = csvFields(line) ?? [];
    const weight = weightOf(right);
    // A header has no number.
    if (number === 1 && weight === undefined) continue;
    const refuse = (expected: string, field: number): never => {
      throw new SimError('population-invalid', expected, { file, line: number, column: columns[field] ?? 1 });
    };
    if (columns.length !== 2 || others.length > 0) return refuse(`a line is ${what},weight`, 0);
    if (weight === undefined || weight < 0) return refuse('the weight is a number, 0 or more, or a percentage', 1);
    const first = what === 'label' ? left : csvNumber(left);
    if (first === undefined) return refuse('the first field is a number', 0);
    if (pairs.length === policy.maxHistogram) return refuse(`a file has at most ${policy.maxHistogram} lines`, 0);
    pairs.push([first, weight]);
    lines.push({ number, columns });
  }
  const refuse: Refuse = ([line, field], expected) => {
    const place = lines[Number(line)];
    throw new SimError('population-invalid', `${line === undefined ? 'the file' : 'this'} ${expected}`, {
      file,
      ...(place === undefined ? {} : { line: place.number, column: place.columns[Number(field ?? 0)] ?? 1 }),
    });
  };
  return { value: pairs, refuse };
}

function weightOf(text: string): number | undefined {
  return csvNumber(text.endsWith('%') ? text.slice(0, -1).trimEnd() : text);
}
