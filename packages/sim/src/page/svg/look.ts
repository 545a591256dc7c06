import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
} from 'd3-shape';
import { COLOURS } from '../colours.js';
import { h, type Markup } from '../markup.js';

const FORMS: readonly { readonly type: SymbolType; readonly turned?: string }[] = [
  { type: symbolCircle },
  { type: symbolSquare },
  { type: symbolTriangle },
  { type: symbolDiamond },
  { type: symbolTriangle, turned: ' rotate(180)' },
  { type: symbolCross },
];

const DASHES: readonly (string | undefined)[] = [undefined, '7 4', '2 3', '10 3 2 3', '14 4'];

/** The class of a series' colour, by its place among them. */
export function colourOf(i: number): string {
  return `c${i % COLOURS.light.marks.length}`;
}

/** Colours alone tell nothing to some people, and nothing in black and white. Undefined: a line without gaps. */
export function dashOf(i: number): string | undefined {
  return DASHES[i % DASHES.length];
}

export interface MarkOptions {
  /** Square pixels. */
  readonly area?: number;
  readonly isHollow?: boolean;
  /** Said when it is pointed at. */
  readonly title?: string;
}

/** The mark of a series at a place, in its colour and form. */
export function mark(
  i: number,
  x: number,
  y: number,
  { area = 52, isHollow = false, title }: MarkOptions = {},
): Markup {
  const { type, turned = '' } = FORMS[(i + Math.floor(i / COLOURS.light.marks.length)) % FORMS.length] ?? {
    type: symbolCircle,
  };
  return h(
    'path',
    {
      class: `mark ${colourOf(i)}${isHollow ? ' hollow' : ''}`,
      d: symbol(type, area).digits(2)() ?? '',
      transform: `translate(${x.toFixed(2)} ${y.toFixed(2)})${turned}`,
    },
    title === undefined ? undefined : h('title', {}, title),
  );
}
