import { sha256, utf8 } from '@dither/mechanisms';
import { toHex } from '../bytes.js';

/** JSON: what a canonical text can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** One text per value: keys sorted by code unit, no white space, numbers as ECMAScript prints them. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const object = value as { readonly [key: string]: Json | undefined };
    const entries = Object.keys(object)
      .filter((key) => object[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as Json)}`);
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The first 8 bytes of SHA-256 of the canonical JSON, as 16 hexadecimal digits. */
export function fingerprintOf(value: Json): string {
  return toHex(sha256(utf8(canonicalJson(value))).subarray(0, 8));
}
