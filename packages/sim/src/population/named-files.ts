import { dirname, resolve } from 'node:path';
import { readTextLines } from '../text-files.js';
import type { NamedFiles, NamedJson } from './read.js';
import { readWeightsFile, type Weighted } from './weights-file.js';

/**
 * Reads every file that a population names, beside its own: `file` of texts, `histogram` of numbers, `values` of labels.
 *
 * @param path - of the population
 * @param json - what it holds, unchecked
 * @throws SimError, what the readers of texts and of weights throw
 */
export async function readNamedFiles(path: string, json: unknown): Promise<NamedFiles> {
  const texts = new Map<string, readonly string[]>();
  const weights = new Map<string, NamedJson>();
  for (const [key, file] of namesIn(json)) {
    const place = resolve(dirname(path), file);
    const what = WEIGHTED[key];
    if (what !== undefined && !weights.has(file)) weights.set(file, await readWeightsFile(place, what));
    if (what === undefined && !texts.has(file)) texts.set(file, await readTextLines(place));
  }
  return { texts: (file) => texts.get(file), weights: (file) => weights.get(file) };
}

const WEIGHTED: Readonly<Record<string, Weighted | undefined>> = { histogram: 'number', values: 'label' };

/** Keys whose text names a file, wherever they stand: parts of mixtures and ends of drifts are entries, too. */
function* namesIn(json: unknown): Generator<readonly [key: string, file: string]> {
  const left = [json];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, value] of Object.entries(next)) {
      if (typeof value === 'object') left.push(value);
      else if (typeof value === 'string' && (key === 'file' || Object.hasOwn(WEIGHTED, key))) yield [key, value];
    }
  }
}
