import type { Receipt, SwitchOff } from '@dither/protocol';
import { z } from 'zod';
import { serverProblemCodes } from '../errors.js';
import type { EstimateAnswer, Window } from '../estimates/estimate.js';
import type { PostProcessed } from '../estimates/post-process.js';
import type { EstimateRow } from '../estimates/rows.js';
import type { CandidatesReceipt } from '../routes/candidates.js';
import type { MetricAnswer } from '../routes/metrics.js';
import type { CandidateSummary } from '../storage/storage.js';

/** What routes answer with: the document of the API is made from these, and tests hold the answers to them. */

const day = z.iso.date();
const fingerprint = z.string().regex(/^[0-9a-f]{16}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const number = z.number();
const answers = z.enum(['frequencies', 'distribution', 'texts']);

/** RFC 9457. */
export const problemSchema = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  code: z.enum(serverProblemCodes).describe('Stable: what a program goes by.'),
  retry: z.boolean().describe('Whether the same request can succeed later.'),
  detail: z.string().exactOptional().describe('What was expected; never what came.'),
});

export const receiptSchema = z.strictObject({
  batch: z.string().describe('The nonce of the batch, in base64url.'),
  duplicate: z.boolean().describe('Whether it had been counted before.'),
  accepted: count.exactOptional().describe('Reports that count; absent from the answer to a duplicate.'),
  rejected: z
    .strictObject({
      'window-out-of-range': count.exactOptional(),
      'report-malformed': count.exactOptional(),
      'second-report': count.exactOptional(),
    })
    .exactOptional()
    .describe('Reports that do not, by reason.'),
}) satisfies z.ZodType<Receipt>;

export const switchOffSchema = z.strictObject({
  app: z.string(),
  off: z.array(z.string()).describe('Ids of metrics that devices leave out.'),
  until: count.describe('First day on which it no longer holds: whole days since 1970-01-01, UTC.'),
}) satisfies z.ZodType<SwitchOff>;

const windowSchema = z.strictObject({
  from: day,
  to: day.describe('Last day of the period.'),
  n: count.describe('Reports.'),
}) satisfies z.ZodType<Window>;

const metricSchema = z.strictObject({
  id: z.string(),
  app: z.string(),
  fingerprint,
  kind: z.string(),
  description: z.string(),
  purpose: z.string(),
  owner: z.string(),
  period: z.int().describe('Days.'),
  aggregate: z.string(),
  population: z.string().describe('What shares are shares of.'),
  epsilon: number.describe('Of one report.'),
  epoch: z.int().describe('Days over which reports share a stored output; the period unless latched.'),
  epochEpsilon: number.describe('Of all reports of an epoch together.'),
  mechanism: z.string(),
  answers,
  expires: day.describe('Last day of use.'),
  windows: z.array(windowSchema).describe('Those that hold reports, earliest first.'),
}) satisfies z.ZodType<MetricAnswer>;

export const metricsSchema = z.strictObject({ metrics: z.array(metricSchema) });

export const registriesSchema = z.strictObject({
  registries: z.array(
    z.strictObject({
      app: z.string(),
      fingerprint,
      metrics: count,
      participation: z.enum(['all', 'sampled']),
      bound: z
        .strictObject({ perWindow: number, windowDays: z.int(), lifetime: number })
        .describe('What one installation spends at most.'),
    }),
  ),
  unknown: z
    .array(z.strictObject({ fingerprint, firstSeen: day, batches: count }))
    .describe('What asked and is not served; empty for a token that is limited to some apps.'),
});

const candidateSummarySchema = z.strictObject({
  name: z.string(),
  count: count.describe('Texts.'),
  sha256: sha256.describe('Of the list as it is kept.'),
  bytes: count,
}) satisfies z.ZodType<CandidateSummary>;

export const candidateListsSchema = z.strictObject({ candidates: z.array(candidateSummarySchema) });

export const candidatesReceiptSchema = candidateSummarySchema.extend({
  duplicates: count.describe('Lines left out because they repeat an earlier one.'),
  empty: count.describe('Lines left out because they hold no text.'),
}) satisfies z.ZodType<CandidatesReceipt>;

export const healthSchema = z.strictObject({ status: z.literal('ok') });

const rowSchema = z.strictObject({
  label: z.string(),
  index: count.exactOptional().describe('Of the share of a value: its place.'),
  quantity: z.string(),
  value: number
    .nullable()
    .describe('Unbiased, and so perhaps outside the range of the truth; null where nothing is known.'),
  standardError: number.nullable(),
  low: number.nullable(),
  high: number.nullable(),
  n: count.describe('Answers it was estimated from.'),
  detectionLimit: number.nullable().describe('The smallest truth told from zero 19 times in 20.'),
  ifForged: z
    .strictObject({ low: number.nullable(), high: number.nullable(), shift: number.nullable() })
    .exactOptional()
    .describe('Where the estimate may have been without forged reports.'),
  quantile: number.exactOptional(),
  from: number.exactOptional(),
  to: number.exactOptional(),
  outerLow: number.nullable().exactOptional(),
  outerHigh: number.nullable().exactOptional(),
  pValue: number.nullable().exactOptional(),
  isDetected: z.boolean().exactOptional(),
  isListed: z.boolean().exactOptional(),
  confusedWith: z.array(z.string()).exactOptional(),
}) satisfies z.ZodType<EstimateRow>;

const postProcessedSchema = z.strictObject({
  method: z.enum(['simplex-projection', 'clamped', 'smooth-curve', 'non-negative-fit']),
  label: z.string().describe('Says that it is biased, and how it was made.'),
  values: z.array(
    z.strictObject({
      label: z.string(),
      index: count.exactOptional(),
      quantity: z.string(),
      from: number.exactOptional(),
      to: number.exactOptional(),
      value: number,
    }),
  ),
}) satisfies z.ZodType<PostProcessed>;

const estimateHead = z.strictObject({
  metric: z.string(),
  app: z.string(),
  fingerprint,
  kind: z.string(),
  from: day.nullable(),
  to: day.nullable(),
  windows: z.array(windowSchema),
  population: z.string(),
  n: count.describe('Reports.'),
  epsilon: z.strictObject({ declared: number, effective: number }),
  mechanism: z.string(),
  confidence: number.describe('Of each interval on its own.'),
  status: z.enum(['ok', 'not-enough-data']),
  values: z.array(rowSchema),
  postProcessed: postProcessedSchema,
  otherFingerprints: z
    .array(z.strictObject({ fingerprint, n: count }))
    .describe('The same metric under other parameters or another meaning: never added to this.'),
});

const textsSummarySchema = z.strictObject({
  candidates: z.strictObject({ name: z.string(), count, sha256, tested: count }).nullable(),
  lists: z.array(z.string()),
  detected: z.array(z.string()),
  listed: z.array(z.string()),
  familyWise: number,
  falseDiscovery: number,
  detectionLimit: number.nullable(),
  misfit: number,
});

export const estimateSchema = z.discriminatedUnion('answers', [
  estimateHead.extend({ answers: z.literal('frequencies'), forged: number }),
  estimateHead.extend({ answers: z.literal('distribution'), unit: z.string() }),
  estimateHead.extend({ answers: z.literal('texts'), texts: textsSummarySchema }),
]) satisfies z.ZodType<EstimateAnswer>;
