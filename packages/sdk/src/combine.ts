import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { OpenRecord } from './recorder.js';

/**
 * Combines `later` into `earlier`, two stretches of one period, the second having come after the first; both have a value.
 * One function per aggregate, so that an app bundles those of its metrics.
 */
export type Combine = (earlier: OpenRecord, later: OpenRecord, domainSize: number, source: WordSource) => void;

export const first: Combine = () => undefined;

/** It happened, and that is all there is to know. */
export const any: Combine = first;

export const last: Combine = (earlier, { value }) => {
  earlier.value = value;
};

export const max: Combine = (earlier, { value }) => {
  earlier.value = Math.max(Number(earlier.value), Number(value));
};

/** Clamped: the largest sum told apart is the last value of the domain. */
export const sum: Combine = (earlier, { value }, domainSize) => {
  earlier.value = Math.min(Number(earlier.value) + Number(value), domainSize - 1);
};

/** A count of events stops here, so that a record's size is bounded and a choice stays exact. */
const MAX_EVENTS = 2_147_483_648;

/** A reservoir of one: each event so far is the one with the same chance. */
export const random: Combine = (earlier, later, _domainSize, source) => {
  const after = later.events ?? 1;
  earlier.events = Math.min(MAX_EVENTS, (earlier.events ?? 1) + after);
  if (uniformInt(source, earlier.events) < after) earlier.value = later.value;
};
