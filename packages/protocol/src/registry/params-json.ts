import type { Params } from '@dither/mechanisms';
import type { Json } from './canonical.js';

/**
 * What of a mechanism's parameters stands in a registry and in a fingerprint: numbers, texts, and lists and objects of
 * them. Tables that a mechanism derives from these, which are objects with functions or typed arrays, are left out whole:
 * how they are made may change, and the channel stays the same.
 */
export function paramsToJson(params: Params): Json {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => isData(value)));
}

function isData(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isData);
  if (typeof value !== 'object' || value === null) return ['string', 'number', 'boolean'].includes(typeof value);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isData);
}
