import { area, curveLinear, curveStepAfter, line } from 'd3-shape';
import { h, type Markup } from '../markup.js';
import { numeral } from '../numerals.js';
import type { LineChart } from '../page.js';
import type { Plot } from '../svg/axes.js';
import { colourOf, dashOf, mark } from '../svg/look.js';
import { isDrawable, type Scale } from '../svg/scale.js';

import type { Look } from './looks.js';

type Series = LineChart['series'][number];
type Point = Series['points'][number];

/** A chart, what its series look like, and where its numbers are. */
export interface Frame {
  readonly chart: LineChart;
  readonly looks: readonly Look[];
  readonly x: Scale;
  readonly y: Scale;
  readonly plot: Plot;
}

/** Lines of more points have marks only here and there: about so many. */
const MANY_POINTS = 24;
const FEW_MARKS = 8;

/** What is known of a series, and has a place on the axes. */
export function shownPoints(chart: Pick<LineChart, 'x' | 'y'>, { points }: Series): readonly Point[] {
  return points.filter((point) => isShown(chart, point));
}

function isShown({ x, y }: Pick<LineChart, 'x' | 'y'>, point: Point): boolean {
  return isDrawable(x, point.x) && isDrawable(y, point.y);
}

/** The line of a series, broken where a point is unknown, with marks. */
export function seriesLine(series: Series, look: Look, { chart, x, y }: Frame): Markup {
  const i = look.index;
  const { points, shape } = series;
  const path = line<Point>()
    .digits(2)
    .defined((point) => isShown(chart, point))
    .curve(shape === 'step' ? curveStepAfter : curveLinear)
    .x((point) => x.at(point.x))
    .y((point) => y.at(point.y));
  return h(
    'g',
    {},
    shape === 'points'
      ? undefined
      : h('path', { class: `line ${colourOf(i)}`, 'stroke-dasharray': dashOf(i), d: path(points) ?? '' }),
    (look.isBare ? [] : marked(series, chart)).map((point) =>
      mark(i, x.at(point.x), y.at(point.y), { title: pointTitle(series, point, chart) }),
    ),
  );
}

function pointTitle({ label }: Series, point: Point, { x, y }: LineChart): string {
  return `${label}: ${numeral(point.y, y.format)} at ${numeral(point.x, x.format)}`;
}

/** All points of a short series; of a long one some, the last, and those that no line would show. */
function marked({ points, shape }: Series, chart: LineChart): readonly Point[] {
  const isKnown = points.map((point) => isShown(chart, point));
  const places = points.flatMap((_, i) => (isKnown[i] ? [i] : []));
  const every = shape === 'points' || places.length <= MANY_POINTS ? 1 : Math.ceil(places.length / FEW_MARKS);
  const isMarked = (i: number, k: number): boolean =>
    k % every === 0 || k === places.length - 1 || !(isKnown[i - 1] || isKnown[i + 1]);
  return places.filter(isMarked).flatMap((i) => points[i] ?? []);
}

/** The band around a series that has one, or whiskers at points that no line joins. */
export function seriesBand({ points, shape }: Series, { index: i }: Look, { chart, x, y }: Frame): Markup | undefined {
  const hasBand = ({ low = Number.NaN, high = Number.NaN }: Point): boolean =>
    !Number.isNaN(low) && !Number.isNaN(high);
  const isBand = (point: Point): boolean => isShown(chart, point) && hasBand(point);
  if (!points.some(isBand)) return undefined;
  const low = (point: Point): number => y.at(point.low ?? point.y);
  const high = (point: Point): number => y.at(point.high ?? point.y);
  if (shape === 'points') {
    const whisker = (point: Point): string =>
      `M${x.at(point.x).toFixed(2)} ${low(point).toFixed(2)}V${high(point).toFixed(2)}`;
    return h('path', { class: `whisker ${colourOf(i)}`, d: points.filter(isBand).map(whisker).join('') });
  }
  const path = area<Point>()
    .digits(2)
    .defined(isBand)
    .curve(shape === 'step' ? curveStepAfter : curveLinear)
    .x((point) => x.at(point.x))
    .y0(low)
    .y1(high);
  return h('path', { class: `band ${colourOf(i)}`, d: path(points) ?? '' });
}

export function levelLine(level: NonNullable<LineChart['levels']>[number], { y, plot }: Frame): Markup {
  const at = y.at(level.y);
  return h('line', { class: 'level', x1: plot.left, x2: plot.right, y1: at, y2: at }, h('title', {}, level.label));
}
