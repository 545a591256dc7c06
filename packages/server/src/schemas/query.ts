import { parseDay } from '@dither/protocol';
import { z } from 'zod';
import type { Series } from '../ingest/served-registry.js';
import { serverPolicy } from '../policy.js';

const day = z.string().transform((text, context) => {
  const parsed = parseDay(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'a day is YYYY-MM-DD' });
  return z.NEVER;
});

/** Numbers in decimal notation, separated by commas; each is answered once. */
function list(number: z.ZodNumber) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part))))
    .pipe(z.array(number).min(1).max(serverPolicy.maxAsked))
    .transform((numbers) => [...new Set(numbers)]);
}

/** What every kind of metric is asked with; without from or to, from the first or to the last window. */
const common = {
  from: day.optional().describe('First day of the earliest window, YYYY-MM-DD.'),
  to: day.optional().describe('Latest first day of a window, YYYY-MM-DD.'),
  app: z.string().optional().describe('Where several apps have a metric of that id.'),
  fingerprint: z.string().optional().describe('An earlier series of the metric.'),
};

const frequencies = {
  /** Share of the reports taken to be forged. */
  forged: z
    .string()
    .transform((text) => (text.trim() === '' ? Number.NaN : Number(text)))
    .pipe(z.number().gte(0).lte(serverPolicy.maxForged))
    .optional()
    .describe(`Of frequencies: share of the reports taken to be forged, 0 to ${serverPolicy.maxForged}.`),
};

const distribution = {
  quantiles: list(z.number().gte(serverPolicy.minQuantile).lte(serverPolicy.maxQuantile))
    .optional()
    .describe('Of a distribution: numbers between 0 and 1, separated by commas.'),
  /** In the metric's unit; within its range, which is checked when it is known. */
  above: list(z.number()).optional().describe('Of a distribution: thresholds in its unit, separated by commas.'),
};

const texts = {
  /** Name of a list. */
  candidates: z.string().optional().describe('Of texts: the name of a list.'),
  /** Rows. */
  top: z.coerce.number().int().min(1).max(serverPolicy.maxTextRows).optional().describe('Of texts: rows.'),
};

/** `GET /v1/metrics/:id/estimate?...`: all there is to ask; what fits the metric is checked when it is known. */
export const estimateQuerySchema = z.strictObject({ ...common, ...frequencies, ...distribution, ...texts });

export type EstimateQuery = z.infer<typeof estimateQuerySchema>;

/** The parameters that only one kind of estimate has. */
export const ownParameters: { readonly [answers in Series['answers']]: readonly (keyof EstimateQuery)[] } = {
  frequencies: keysOf(frequencies),
  distribution: keysOf(distribution),
  texts: keysOf(texts),
};

function keysOf<T extends object>(fields: T): readonly (keyof T)[] {
  return Object.keys(fields) as (keyof T)[];
}
