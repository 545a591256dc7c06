import { createHash } from 'node:crypto';
import { encodeState } from '@dither/mechanisms';
import { serverPolicy } from '../../policy.js';
import type { Job, Result } from './messages.js';
import type { Run } from './thread.js';

/**
 * Estimates nothing twice: an answer depends on the metric, the state and the question alone. The least recent answers are
 * forgotten. Questions that come while theirs is being answered wait for it.
 *
 * @param entries - answers remembered at a time
 */
export function remembering(run: Run, entries: number = serverPolicy.rememberedEstimates): Run {
  const known = new Map<string, Promise<Result>>();
  return <J extends Job>(job: J): Promise<Result<J>> => {
    const key = keyOf(job);
    // The key says of which kind the job is.
    const found = (known.get(key) as Promise<Result<J>> | undefined) ?? run(job);
    // Last in the order of the map: the most recent.
    known.delete(key);
    known.set(key, found);
    if (known.size > entries) known.delete(known.keys().next().value as string);
    // What failed may succeed the next time.
    found.catch(() => known.get(key) === found && known.delete(key));
    return found;
  };
}

/** All that tells one question from another; amounts, length and confidence follow from the metric. */
function keyOf(job: Job): string {
  const counts = createHash('sha256').update(encodeState(job.state)).digest('hex');
  const own =
    job.answers === 'texts'
      ? [job.candidates.sha256, job.repeats]
      : [...job.question.quantiles, 'above', ...job.question.above];
  return [job.answers, job.metric, counts, ...own].join(' ');
}
