import type { Axis } from './page.js';

/** Below and from here on a number is written with a power of ten. */
const SMALL = 1e-4;
const LARGE = 1e15;
/** From here on in words: 3M, 1.2B. */
const LONG = 1e6;

const MOST_DIGITS = 15;

/** A number of a table, to four significant digits; a dash for what is not known. */
export function numeral(x: number, format: Axis['format'], digits = 4): string {
  if (Number.isNaN(x)) return '–';
  if (!Number.isFinite(x)) return x > 0 ? '∞' : `${MINUS}∞`;
  return format === 'share' ? `${plain(100 * x, digits)}%` : plain(x, digits);
}

/** Numbers of an axis, in as few digits as tell them apart. */
export function numerals(xs: readonly number[], format: Axis['format']): readonly string[] {
  for (let digits = 3; ; digits++) {
    const texts = xs.map((x) => numeral(x, format, digits));
    if (new Set(texts).size === xs.length || digits === MOST_DIGITS) return texts;
  }
}

/** Making one takes longer than a thousand numbers by it. */
const formatters = new Map<string, Intl.NumberFormat>();

const MINUS = '\u2212';

function plain(x: number, digits: number): string {
  const size = Math.abs(x);
  if (size !== 0 && (size < SMALL || size >= LARGE)) return power(x, digits);
  const isLong = size >= LONG;
  return formatter(isLong ? 'compact' : 'standard', isLong ? digits : Math.max(digits, wholeDigits(size)))
    .format(x)
    .replace('-', MINUS);
}

function formatter(notation: 'compact' | 'standard', maximumSignificantDigits: number): Intl.NumberFormat {
  const key = `${notation} ${maximumSignificantDigits}`;
  const made = formatters.get(key) ?? new Intl.NumberFormat('en', { notation, maximumSignificantDigits });
  formatters.set(key, made);
  return made;
}

/** No digit before the point is rounded away: a table says 12,345 and not 12,350. */
function wholeDigits(size: number): number {
  return Math.trunc(size).toString().length;
}

function power(x: number, digits: number): string {
  const [mantissa = '', exponent = ''] = x.toExponential(digits - 1).split('e');
  const raised = Array.from(exponent.replace('+', ''), (character) => RAISED[character] ?? character).join('');
  const factor = String(Number(mantissa)).replace('-', MINUS);
  return factor === '1' ? `10${raised}` : `${factor}×10${raised}`;
}

const RAISED: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('-0123456789', (character, i) => [character, Array.from('⁻⁰¹²³⁴⁵⁶⁷⁸⁹')[i] ?? '']),
);
