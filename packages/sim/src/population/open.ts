import { dirname, resolve } from 'node:path';
import type { WordSource } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import { SimError } from '../errors.js';
import { parseJson, readText } from '../files.js';
import type { Population } from '../population.js';
import { readTextLines } from '../text-files.js';
import { declaredPopulation, shapedPopulation } from './declared.js';
import type { Refuse } from './distributions.js';
import type { BadLine } from './event-lines.js';
import { readEventsFile } from './events.js';
import { drawnFrom, observedPopulation } from './observed.js';

export interface PopulationOptions {
  /** Number of installations asked for; undefined takes a file of events as it is. */
  readonly clients: number | undefined;
  /** For events of which one at random counts. */
  readonly source: WordSource;
  /** Told of each line that is left out. */
  readonly onBadLine: (line: BadLine) => void;
}

/**
 * Opens what `--population` names: `uniform`, `zipf`, `zipf:1.2`, a JSON file of named distributions, or a CSV file
 * of events.
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
    const table = await readEventsFile(name, registry, options);
    const observed = observedPopulation(name, table);
    return options.clients === undefined ? observed : drawnFrom(observed);
  }
  if (name.endsWith('.json')) {
    const json = parseJson(name, await readText(name));
    const refuse: Refuse = (path, expected) => {
      throw new SimError('population-invalid', `${path.join('.') || 'the file'} ${expected}`, {
        file: name,
        ...json.positionOf(path),
      });
    };
    const texts = await readNamedFiles(dirname(name), json.value);
    return declaredPopulation(name, json.value, registry, refuse, (file) => texts.get(file));
  }
  const [shape, exponent = '1', ...rest] = name.split(':');
  if (rest.length === 0 && (name === 'uniform' || (shape === 'zipf' && /^\d+(\.\d+)?$/.test(exponent)))) {
    return shapedPopulation(name, name === 'uniform' ? { uniform: {} } : { zipf: Number(exponent) }, registry);
  }
  throw new SimError(
    'argument-invalid',
    '--population is uniform, zipf, zipf:EXPONENT, or a file that ends in .json (distributions) or .csv (events)',
  );
}

/** The texts of every file that an entry names, by the name it has there: beside the population's own file. */
async function readNamedFiles(folder: string, json: unknown): Promise<ReadonlyMap<string, readonly string[]>> {
  const { metrics = {} } = Object(json) as { readonly metrics?: unknown };
  const texts = new Map<string, readonly string[]>();
  for (const entry of Object.values(Object(metrics) as object)) {
    const { file } = Object(entry) as { readonly file?: unknown };
    if (typeof file === 'string' && !texts.has(file)) texts.set(file, await readTextLines(resolve(folder, file)));
  }
  return texts;
}
