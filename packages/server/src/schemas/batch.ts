import { type BatchJson, policy } from '@dither/protocol';
import { z } from 'zod';

const DAY = z.int().min(0).max(65_535);

/** The shape of a JSON batch; what its texts say is the protocol's to check. */
export const batchSchema = z.strictObject({
  version: z.int(),
  day: DAY,
  nonce: z.string().max(64),
  registry: z.string().max(64),
  groups: z
    .array(z.strictObject({ window: DAY, reports: z.record(z.string(), z.string()) }))
    .min(1)
    .max(policy.maxBatchBytes / 2),
}) satisfies z.ZodType<BatchJson>;
