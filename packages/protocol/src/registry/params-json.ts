import type { Params } from '@dither/mechanisms';
import type { Json } from './canonical.js';

/**
 * What of a mechanism's parameters stands in a registry and in a fingerprint: numbers, texts, and lists and objects of
 * them. What a mechanism derives from these, objects with functions or typed arrays, is left out whole. Samplers may change;
 * tables that say what a report means never do (`frozen-tables.test.ts` of the mechanisms): other tables are another mechanism.
 */
export function paramsToJson(params: Params): Json {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => isData(value)));
}

function isData(value: unknown): value is Json {
  if (Array.isArray(value)) return value.every(isData);
  if (typeof value !== 'object' || value === null) return ['string', 'number', 'boolean'].includes(typeof value);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isData);
}
