import { bucketIndex, type Edges } from '@dither/mechanisms';
import type { Value } from './metric.js';

/**
 * What is kept of an event's value, or undefined if it is not one: wrong type, not in the list, not finite. Apart from
 * the kinds, so that an app whose registry is resolved carries these few lines and nothing of what checks declarations.
 */
export type Encode = (input: unknown) => Value | undefined;

/** It happened: said by `true`, or by nothing at all. */
export const encodeBoolean: Encode = (input) => (input === undefined || input === true ? 1 : undefined);

/** The place in the list. */
export function encodeCategory(values: readonly string[]): Encode {
  const indexes = new Map<unknown, number>(values.map((value, index) => [value, index]));
  return (input) => indexes.get(input);
}

/** Once, unless a number of times is said. */
export function encodeCount(clamp: number): Encode {
  return (input = 1) => (isNumber(input) && input >= 0 ? Math.min(clamp, Math.round(input)) : undefined);
}

/** The bucket it falls into; what lies outside the range goes to the first or the last. */
export function encodeNumber(edges: Edges): Encode {
  return (input) => (isNumber(input) ? bucketIndex(edges, input) : undefined);
}

/** @param maxLength - in UTF-16 code units; what is longer is cut */
export function encodeText(maxLength: number): Encode {
  return (input) => (typeof input === 'string' && input !== '' ? input.slice(0, maxLength) : undefined);
}

function isNumber(input: unknown): input is number {
  return Number.isFinite(input);
}
