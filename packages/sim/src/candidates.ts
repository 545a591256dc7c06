import type { Metric, Registry } from '@dither/protocol';
import { SimError } from './errors.js';
import type { Candidates } from './metrics.js';
import { readTextLines } from './text-files.js';

/**
 * Reads what `--candidates` names: a file for all text metrics, or `ID=FILE` for one of them; several with commas
 * between them, one at most for each, of which later ones count more.
 *
 * @throws SimError `argument-invalid`, `metric-unknown`, `file-unreadable`, `texts-invalid`, `texts-too-many`, `texts-empty`
 */
export async function readCandidates(argument: string, registry: Registry): Promise<Candidates> {
  const metrics = registry.wire.filter(({ kind }) => kind === 'text');
  if (metrics.length === 0) {
    throw new SimError('argument-invalid', '--candidates is for text metrics, and this registry has none');
  }
  const candidates = new Map<string, readonly string[]>();
  const named = new Set<string | undefined>();
  for (const part of argument.split(',')) {
    const one = metrics.find(({ id }) => part.startsWith(`${id}=`));
    if (one === undefined) checkFile(part, metrics);
    if (named.has(one?.id)) {
      throw new SimError('argument-invalid', '--candidates takes one FILE for all text metrics, and one for each ID');
    }
    named.add(one?.id);
    const texts = await readTextLines(one === undefined ? part : part.slice(one.id.length + 1));
    for (const metric of one === undefined ? metrics : [one]) candidates.set(metric.id, asRecorded(metric, texts));
  }
  return candidates;
}

/** `ID=FILE` of no text metric: a file of such a name is given as `./ID=FILE`. */
function checkFile(part: string, metrics: readonly Metric[]): void {
  const [, id] = /^([a-z][a-z0-9-]*)=/.exec(part) ?? [];
  if (part === '' || part.endsWith('=')) throw new SimError('argument-invalid', '--candidates takes [ID=]FILE,...');
  if (id === undefined) return;
  throw new SimError('metric-unknown', `--candidates is for text metrics: ${metrics.map((one) => one.id).join(', ')}`);
}

/** Cut as the metric's texts are, each once. */
function asRecorded(metric: Metric, texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => metric.encode(text) as string))];
}
