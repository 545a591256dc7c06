import type { Plot } from '../svg/axes.js';
import { fitted, widthOf } from '../svg/letters.js';
import type { Size } from '../svg/size.js';

/** A point that wants a label. */
interface Target {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly detail: string;
  /** On the front: served before others, and worth a line that leads to a label further off. */
  readonly isFront: boolean;
}

/** A label, and the left end and the middle line of its text. */
export interface PlacedLabel {
  readonly target: Target;
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly detail: string;
  /** So far away that a line must lead there. */
  readonly isFar: boolean;
}

/** What a label must leave free. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Half a mark, with air around it. */
const MARK = 7;
const LINE = 16;
const ROOM = { wide: 230, narrow: 150 } as const;
/** Between the middle of a point and its label. */
const NEAR = 10;
/** Places on a line that are looked at, as parts of its length: nearer to each other than a mark is wide. */
const STEPS = Array.from({ length: 12 }, (_, i) => (i + 1) / 12);
const FAR = [22, 36, 52, 70, 90] as const;

/**
 * A place beside its point for as many labels as possible, none over another, over a point or over a line. Those without a place
 * are left out: the table has them.
 */
export function placeLabels(
  targets: readonly Target[],
  lines: readonly Box[],
  plot: Plot,
  size: Size,
): readonly PlacedLabel[] {
  const marks = targets.map(({ x, y }) => ({ left: x - MARK, right: x + MARK, top: y - MARK, bottom: y + MARK }));
  const taken: Box[] = [...marks, ...lines];
  const isFree = (label: PlacedLabel): boolean => {
    const box = boxOf(label, size);
    return isInside(box, plot) && !taken.some((other) => overlap(box, other)) && !crosses(label, marks);
  };
  const front = targets.filter(({ isFront }) => isFront);
  // On a small screen the others would be a thicket.
  const others = size.name === 'wide' ? targets.filter(({ isFront }) => !isFront) : [];
  return [...front, ...others].flatMap((target) => {
    const found = candidates(target, size).find(isFree);
    if (found === undefined) return [];
    taken.push(boxOf(found, size));
    return [found];
  });
}

function isInside({ left, right, top, bottom }: Box, plot: Plot): boolean {
  return left >= plot.left && right <= plot.right + 12 && top >= plot.top - 8 && bottom <= plot.bottom;
}

/** Whether the line from a point to its label leads over another point. */
function crosses({ target, x, y, isFar }: PlacedLabel, marks: readonly Box[]): boolean {
  if (!isFar) return false;
  const end = leaderEnd(target, x);
  const others = marks.filter((box) => !isIn(box, target.x, target.y));
  return STEPS.some((part) =>
    others.some((box) => isIn(box, target.x + part * (end - target.x), target.y + part * (y - target.y))),
  );
}

function isIn({ left, right, top, bottom }: Box, x: number, y: number): boolean {
  return left <= x && x <= right && top <= y && y <= bottom;
}

/** Where on the middle line of a text, which begins at x, a line from a point ends. */
export function leaderEnd({ x: from }: { readonly x: number }, x: number): number {
  return Math.max(x, Math.min(from, x + 12));
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function boxOf(label: PlacedLabel, size: Size): Box {
  const { x, y } = label;
  return { left: x - 3, right: x + width(label, size) + 3, top: y - LINE / 2, bottom: y + LINE / 2 };
}

function width({ label, detail }: Pick<PlacedLabel, 'label' | 'detail'>, { fontSize }: Size): number {
  return widthOf(detail === '' ? label : `${label} ${detail}`, fontSize);
}

/** The best first: near with all that is to say, near without the detail, further off. */
function candidates(target: Target, size: Size): readonly PlacedLabel[] {
  const label = fitted(target.label, ROOM[size.name], size.fontSize);
  const details =
    target.detail === '' || width({ label, detail: target.detail }, size) > ROOM[size.name]
      ? ['']
      : [target.detail, ''];
  return [NEAR, ...(target.isFront ? FAR : [])].flatMap((distance) =>
    details.flatMap((detail) =>
      around(target, distance, width({ label, detail }, size)).map((place) => ({
        ...place,
        target,
        label,
        detail,
        isFar: distance > NEAR,
      })),
    ),
  );
}

/** Left end and middle line of a text beside a point. Below and left of a front there is never another point. */
function around({ x, y, isFront }: Target, distance: number, width: number): readonly { x: number; y: number }[] {
  const aside = distance * 0.75;
  const up = aside + 5;
  const right = [
    { x: x + distance, y },
    { x: x + aside, y: y - up },
    { x: x + aside, y: y + up },
  ];
  const left = [
    { x: x - distance - width, y },
    { x: x - aside - width, y: y + up },
    { x: x - aside - width, y: y - up },
  ];
  const middle = [
    { x: x - width / 2, y: y + distance + 5 },
    { x: x - width / 2, y: y - distance - 5 },
  ];
  return isFront ? [...left, ...middle, ...right] : [...right, ...left, ...middle];
}
