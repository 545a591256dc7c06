import { visible } from '../../format.js';

/**
 * Widths of letters in Arial, in thousandths of the font's size: what the page's fonts are about as wide as. A page
 * without scripts cannot measure.
 */
const WIDTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    222: "ijl'|",
    278: ' fIt.,:;/\\![]',
    333: 'r-()"`{}',
    400: '⁰¹²³⁴⁵⁶⁷⁸⁹',
    500: 'ckJsvxyz',
    556: 'abdeghnopquL0123456789_$?#–',
    584: '+=<>~×−⁻',
    667: 'ABEFKPSTVXYZ&',
    722: 'wCDHNRU',
    778: 'GOQ',
    833: 'mM',
    1000: 'W%@…∞',
  }).flatMap(([width, letters]) => Array.from(letters, (letter) => [letter, Number(width)] as const)),
);

/** Where scripts begin whose letters fill a square. */
const SQUARE = 0x1100;

/** For fonts that are a little wider. */
const SLACK = 1.06;

/** About how wide a text is, in pixels; rather too much than too little. */
export function widthOf(text: string, fontSize: number): number {
  let sum = 0;
  for (const letter of text) sum += WIDTHS.get(letter) ?? ((letter.codePointAt(0) ?? 0) >= SQUARE ? 1000 : 640);
  return (sum / 1000) * fontSize * SLACK;
}

/** The beginning of a text that is at most so wide, with dots where something is missing. */
export function fitted(text: string, width: number, fontSize: number): string {
  const whole = visible(text);
  if (widthOf(whole, fontSize) <= width) return whole;
  let start = '';
  for (const { segment } of new Intl.Segmenter('en').segment(whole)) {
    if (widthOf(`${start}${segment}…`, fontSize) > width) break;
    start += segment;
  }
  return `${start.trimEnd()}…`;
}
