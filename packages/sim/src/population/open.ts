import type { WordSource } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import { SimError } from '../errors.js';
import { parseJson, readText } from '../files.js';
import type { Population } from '../population.js';
import { fileLines } from '../text-files.js';
import { declaredPopulation, shapedPopulation } from './declared.js';
import { type BadLine, isEventHeader } from './event-lines.js';
import { readEvents } from './events.js';
import { readInstallations } from './installations.js';
import { readNamedFiles } from './named-files.js';
import { drawnFrom, observedPopulation } from './observed.js';
import type { PopulationTable } from './table.js';
import { refuser } from './weights-file.js';

export interface PopulationOptions {
  /** Number of installations asked for; undefined takes those of a file as they are. */
  readonly clients: number | undefined;
  /** For events of which one at random counts. */
  readonly source: WordSource;
  /** Told of each line that is left out. */
  readonly onBadLine: (line: BadLine) => void;
}

/**
 * Opens what `--population` names: `uniform`, `zipf`, `zipf:1.2`, a JSON file of named distributions, or a CSV file of
 * events, or of installations.
 *
 * @throws SimError `argument-invalid`, `file-unreadable`, `json-malformed`, `population-invalid`,
 *   `events-header-invalid`, `events-empty`, `texts-invalid`, `texts-too-many`, `texts-empty`
 */
export async function openPopulation(
  name: string,
  registry: Registry,
  options: PopulationOptions,
): Promise<Population> {
  if (name.endsWith('.csv')) {
    const observed = observedPopulation(name, await readTable(name, registry, options));
    return options.clients === undefined ? observed : drawnFrom(observed);
  }
  if (name.endsWith('.json')) {
    const json = parseJson(name, await readText(name));
    const files = await readNamedFiles(name, json.value);
    return declaredPopulation(name, json.value, registry, refuser(name, json.positionOf), files);
  }
  const [shape, exponent = '1', ...rest] = name.split(':');
  if (rest.length === 0 && (name === 'uniform' || (shape === 'zipf' && /^\d+(\.\d+)?$/.test(exponent)))) {
    return shapedPopulation(name, name === 'uniform' ? { uniform: {} } : { zipf: Number(exponent) }, registry);
  }
  throw new SimError(
    'argument-invalid',
    '--population is uniform, zipf, zipf:EXPONENT, or a file that ends in .json (distributions) or .csv (events, or a line per installation)',
  );
}

async function readTable(name: string, registry: Registry, options: PopulationOptions): Promise<PopulationTable> {
  return isEventHeader(await firstLine(name))
    ? readEvents(name, fileLines(name), registry, options)
    : readInstallations(name, fileLines(name), registry, options.onBadLine);
}

async function firstLine(path: string): Promise<string> {
  for await (const line of fileLines(path)) return line;
  return '';
}
