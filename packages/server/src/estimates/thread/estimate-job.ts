import type { IndexParams, TextAggregator } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { textsOf } from '../../candidates/read-candidates.js';
import { serverPolicy } from '../../policy.js';
import type { DecodedText, DecodedTexts, Job, Result, TextsJob } from './messages.js';

/**
 * What the thread does with a job: whatever may take longer than a batch should wait.
 * @throws MechanismError `state-mismatch`
 */
export function estimateJob(job: Job): Result {
  const mechanism = catalogue.get(job.params.mechanism);
  if (job.answers === 'texts' && mechanism?.answers === 'texts') return decode(job, mechanism.aggregator);
  if (job.answers === 'distribution' && mechanism?.answers === 'distribution') {
    return mechanism.aggregator.distribution(job.params as IndexParams, job.state, job.question);
  }
  throw new Error(`${job.params.mechanism} does not answer ${job.answers}`);
}

/** Decodes a state against candidates, and keeps what can be shown. */
function decode(
  { params, state, maxLength, repeats, confidence, ...job }: TextsJob,
  aggregator: TextAggregator,
): DecodedTexts {
  // Two that are the same once they are cut are one text to every device.
  const candidates = [...new Set(textsOf(job.candidates).map((text) => text.slice(0, maxLength)))];
  const estimate = aggregator.texts(params, state, { candidates, confidence, repeats });
  const ranked = [...estimate.texts].sort(
    (a, b) => Number(b.isDetected) - Number(a.isDetected) || known(b.value) - known(a.value),
  );
  const named = ({ confusedWith, ...text }: (typeof ranked)[number]): DecodedText => ({
    ...text,
    confusedWith: confusedWith.slice(0, serverPolicy.maxConfused).map((other) => candidates[other] as string),
  });
  return {
    n: estimate.n,
    tested: candidates.length,
    texts: ranked.slice(0, serverPolicy.maxTextRows).map(named),
    detected: ranked.filter(({ isDetected }) => isDetected).map(({ text }) => text),
    listed: ranked.filter(({ isListed }) => isListed).map(({ text }) => text),
    withText: estimate.withText,
    unexplained: estimate.unexplained,
    misfit: estimate.misfit,
    rareError: aggregator.rareError(params, estimate.n, repeats),
  };
}

/** What is not known comes last. */
function known(value: number): number {
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
