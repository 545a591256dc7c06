import { boolean, count, defineRegistry } from '@dither/sdk';
import { oneBitMean, rr } from '@dither/sdk/mechanisms';
import fc from 'fast-check';
import { expect } from 'vitest';
import { actions, live, type Variant } from './model.js';
import { about } from './registry.js';

const clicks = count({ ...about, mechanism: oneBitMean, epsilon: 0.25, clamp: 20 });

/** Two versions: the newer one costs more, counts one metric dearer, and has one metric more. */
export const versions = [
  defineRegistry({
    app: 'org.example.model',
    expectedClients: 100,
    budget: { perWindow: 14, lifetime: 16 },
    metrics: { crash: boolean({ ...about, mechanism: rr, epsilon: 0.25 }), clicks },
  }),
  defineRegistry({
    app: 'org.example.model',
    expectedClients: 100,
    budget: { perWindow: 28, lifetime: 20 },
    metrics: {
      crash: boolean({ ...about, mechanism: rr, epsilon: 0.5 }),
      clicks,
      extra: boolean({ ...about, mechanism: rr, period: 7, epsilon: 0.5 }),
    },
  }),
] as const;

/** The property: whatever happens, nothing that was promised is broken. */
export const keepsEveryPromise = (variant?: Variant) =>
  fc.asyncProperty(actions, fc.nat(), async (all, seed) => {
    expect(await live(versions, all, String(seed), variant)).toEqual([]);
  });
