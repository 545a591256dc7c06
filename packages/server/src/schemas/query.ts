import { parseDay } from '@dither/protocol';
import { z } from 'zod';

const day = z.string().transform((text, context) => {
  const parsed = parseDay(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'a day is YYYY-MM-DD' });
  return z.NEVER;
});

/** `?from=YYYY-MM-DD&to=YYYY-MM-DD[&app=][&fingerprint=]`; without from or to, from the first or to the last window. */
export const estimateQuerySchema = z.strictObject({
  from: day.optional(),
  to: day.optional(),
  app: z.string().optional(),
  fingerprint: z.string().optional(),
});

export type EstimateQuery = z.infer<typeof estimateQuerySchema>;
