import { readFile } from 'node:fs/promises';
import type { Registry } from '@dither/protocol';
import type { Candidates } from './results.js';
import type { Tally } from './tally.js';

/** What decodes within a second. */
const MOST = 10_000;

/**
 * What to look for among the texts of each metric. Where nobody has said it, the texts that were recorded, the most
 * common first: an app's team does not have this list, and the demo's other figures do not need it.
 */
export function candidatesOf(registry: Registry, tally: Tally, given: Candidates): Candidates {
  const texts = registry.wire.filter(({ kind }) => kind === 'text');
  return new Map(texts.map(({ id }) => [id, given.get(id) ?? recorded(tally, id)]));
}

function recorded(tally: Tally, metric: string): readonly string[] {
  return [...tally.truths(metric).counts]
    .filter(([text]) => text !== '')
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([text]) => String(text));
}

/** Reads a file of one text a line; they are looked for in every text metric. */
export async function readCandidates(file: string, registry: Registry): Promise<Candidates> {
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/);
  const texts = [...new Set(lines.filter((line) => line !== ''))];
  return new Map(registry.wire.filter(({ kind }) => kind === 'text').map(({ id }) => [id, texts]));
}
