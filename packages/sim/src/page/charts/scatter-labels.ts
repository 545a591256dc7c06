import type { Plot } from '../svg/axes.js';
import { fitted, widthOf } from '../svg/letters.js';
import type { Size } from '../svg/size.js';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A point that wants a label. */
interface Target extends Place {
  readonly label: string;
  readonly detail: string;
  /** On the front: served before others, and worth a line that leads to a label further off. */
  readonly isFront: boolean;
}

/** A label, and the left end and the middle line of its text. */
export interface PlacedLabel extends Place {
  readonly target: Target;
  readonly width: number;
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
const FAR = [22, 36, 52, 70, 90] as const;
/** Places on a line that are looked at, as parts of its length, its end aside: nearer together than a mark is wide. */
const STEPS = Array.from({ length: 15 }, (_, i) => (i + 1) / 16);

/**
 * A place beside its point for as many labels as possible, none over another, over a point or over a line. Those
 * without a place are left out: the table has them.
 */
export function placeLabels(
  targets: readonly Target[],
  lines: readonly Box[],
  plot: Plot,
  size: Size,
): readonly PlacedLabel[] {
  // What no label may cover, and what no line to a label may cross.
  const covered: Box[] = [...lines];
  const crossed: Box[] = targets.map(({ x, y }) => around({ x, y }, MARK));
  const isFree = (label: PlacedLabel): boolean => {
    const box = boxOf(label);
    const isOver = (other: Box): boolean => overlap(box, other);
    return isInside(box, plot) && !covered.some(isOver) && !crossed.some(isOver) && !crosses(label, crossed);
  };
  const front = targets.filter(({ isFront }) => isFront);
  // On a small screen the others would be a thicket.
  const others = size.name === 'wide' ? targets.filter(({ isFront }) => !isFront) : [];
  return [...front, ...others].flatMap((target) => {
    const found = candidates(target, size).find(isFree);
    if (found === undefined) return [];
    crossed.push(boxOf(found));
    covered.push(...leaderPlaces(found).map((place) => around(place, 1)));
    return [found];
  });
}

function isInside({ left, right, top, bottom }: Box, plot: Plot): boolean {
  return left >= plot.left && right <= plot.right + 12 && top >= plot.top - 8 && bottom <= plot.bottom;
}

/** Whether the line from a point to its label leads over another point, or another label. */
function crosses(label: PlacedLabel, others: readonly Box[]): boolean {
  const isElsewhere = (box: Box): boolean => !overlap(box, around(label.target, 0.5));
  const places = leaderPlaces(label).map((place) => around(place, 0.5));
  return others.filter(isElsewhere).some((box) => places.some((place) => overlap(place, box)));
}

function leaderPlaces(label: PlacedLabel): readonly Place[] {
  if (!label.isFar) return [];
  const { target } = label;
  const end = leaderEnd(label);
  return STEPS.map((part) => ({ x: target.x + part * (end.x - target.x), y: target.y + part * (end.y - target.y) }));
}

/** Where a line from the point meets the text: at its nearer end, or above or below it. */
export function leaderEnd({ target, x, y, width }: PlacedLabel): Place {
  const nearest = Math.max(x - 2, Math.min(target.x, x + width + 2));
  return { x: nearest, y: nearest === target.x ? y + (LINE / 2 - 1) * Math.sign(target.y - y) : y };
}

function around({ x, y }: Place, half: number): Box {
  return { left: x - half, right: x + half, top: y - half, bottom: y + half };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function boxOf({ x, y, width }: PlacedLabel): Box {
  return { left: x - 3, right: x + width + 3, top: y - LINE / 2, bottom: y + LINE / 2 };
}

/** The best first: near with all that is to say, near without the detail, further off. */
function candidates(target: Target, { name, fontSize }: Size): readonly PlacedLabel[] {
  const label = fitted(target.label, ROOM[name], fontSize);
  const widthWith = (detail: string): number => widthOf(detail === '' ? label : `${label} ${detail}`, fontSize);
  const details = target.detail === '' || widthWith(target.detail) > ROOM[name] ? [''] : [target.detail, ''];
  return [NEAR, ...(target.isFront ? FAR : [])].flatMap((distance) =>
    details.flatMap((detail) => {
      const width = widthWith(detail);
      const isFar = distance > NEAR;
      return beside(target, distance, width).map((place) => ({ ...place, width, target, label, detail, isFar }));
    }),
  );
}

/** Left end and middle line of a text beside a point. Below and left of a front there is never another point. */
function beside({ x, y, isFront }: Target, distance: number, width: number): readonly Place[] {
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
