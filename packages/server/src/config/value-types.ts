import { isIP } from 'node:net';
import { z } from 'zod';

/** A whole number; in a flag or a variable, in digits. */
export function wholeNumber(min: number, max: number) {
  const digits = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number);
  return z.union([z.number(), digits]).pipe(z.number().int().min(min).max(max));
}

/** `off`, or else something of `schema`. */
export function orOff<Schema extends z.ZodType>(schema: Schema) {
  return z.union([z.literal('off').transform(() => false as const), schema]);
}

const UNITS: { readonly [unit: string]: number } = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** A number of bytes, also as `96MiB`. */
export function byteCount(min: number) {
  const text = z
    .string()
    .regex(/^\d{1,15}(KiB|MiB|GiB)?$/)
    .transform((given) => Number.parseInt(given, 10) * (UNITS[given.replace(/^\d+/, '')] as number));
  return z.union([z.number(), text]).pipe(z.number().int().min(min));
}

/** As browsers write it in `Origin`: anything else, such as a slash at the end, would silently allow nobody. */
export function isOrigin(text: string): boolean {
  if (text === '*') return true;
  if (text.includes('*') || !URL.canParse(text)) return false;
  const { origin, href } = new URL(text);
  // Web views have schemes of their own, of which the parser does not know the origin.
  return origin === text || (origin === 'null' && href === text && /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+$/.test(text));
}

/** What a proxy may be named by: an address, a network that is not all there is, or one of the names that stand for some. */
export function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (family === 4 ? 32 : 128);
}
