/**
 * Pixels of a chart. There are two of each, since letters of one picture that shrinks to a phone's screen cannot be
 * read.
 */
export interface Size {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  /** Of the plot, where the data do not tell. */
  readonly height: number;
  readonly fontSize: number;
  /** Between two ticks of an axis to the right, and of one upwards, at least. */
  readonly tickGap: { readonly x: number; readonly y: number };
}

export const SIZES: readonly Size[] = [
  { name: 'wide', width: 800, height: 330, fontSize: 13, tickGap: { x: 70, y: 36 } },
  // As wide as a page on the smallest phones.
  { name: 'narrow', width: 328, height: 250, fontSize: 12, tickGap: { x: 46, y: 34 } },
];

/** Between the edge of a picture and what is in it, for strokes. */
export const EDGE = 4;
