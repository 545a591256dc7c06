import { h, type Markup } from '../markup.js';
import type { ScatterChart } from '../page.js';
import { FOOT, type Plot, xAxis, xScale, yAxis, yRoom, yScale } from '../svg/axes.js';
import { LINE_ROOM, legend, MARK_ROOM } from '../svg/legend.js';
import { fitted } from '../svg/letters.js';
import { mark } from '../svg/look.js';
import { isDrawable } from '../svg/scale.js';
import type { Size } from '../svg/size.js';
import { frontLine, stairs, stretches } from './front.js';
import type { Drawing } from './picture.js';
import { leaderEnd, type PlacedLabel, placeLabels } from './scatter-labels.js';

/** Room under the lowest points for their labels. */
const UNDER = 24;

/** Points by two costs; a staircase joins those that nothing beats in both, and whatever is above it is beaten. */
export function drawScatter(chart: ScatterChart, size: Size): Drawing {
  const { width, height, fontSize } = size;
  const groups = [...new Set(chart.points.map(({ group }) => group))];
  const shown = chart.points.filter(({ x, y }) => isDrawable(chart.x, x) && isDrawable(chart.y, y));
  const ofGroups = groups.map((label, i) => ({
    label,
    room: MARK_ROOM,
    sample: (x: number, y: number) => mark(i, x, y),
  }));
  const ofFront = { label: 'nothing is better in both', room: LINE_ROOM, sample: frontSample };
  const key = legend(shown.some(({ isFront }) => isFront) ? [...ofGroups, ofFront] : ofGroups, size);
  const top = key.height + 30;
  const heights = shown.map((point) => point.y);
  const y = yScale(chart.y, heights, top, top + height - UNDER, size);
  const plot: Plot = { left: yRoom(y, size), right: width - 16, top, bottom: top + height };
  const places = shown.map((point) => point.x);
  const x = xScale(chart.x, places, { ...plot, left: plot.left + MARK_ROOM }, size);
  const placed = shown.map(({ group, detail = '', ...point }) => ({
    ...point,
    detail,
    x: x.at(point.x),
    y: y.at(point.y),
    look: groups.indexOf(group),
    title: [group, point.label, detail].filter((text) => text !== '').join(', '),
  }));
  const front = stairs(
    placed.filter(({ isFront }) => isFront),
    plot,
  );
  return {
    height: plot.bottom + FOOT,
    content: [
      key.markup,
      h('text', { class: 'axis', x: 0, y: top - 14 }, fitted(chart.y.label, plot.right, fontSize)),
      xAxis(chart.x, x, plot, size),
      yAxis(y, plot),
      frontLine(front),
      ...placed.map((point) => mark(point.look, point.x, point.y, { isHollow: !point.isFront, title: point.title })),
      ...placeLabels(placed, stretches(front), plot, size).map(drawnLabel),
    ],
  };
}

function frontSample(x: number, y: number): Markup {
  const half = LINE_ROOM / 2 - 2;
  return frontLine([
    [x - half, y - 6],
    [x, y - 6],
    [x, y + 6],
    [x + half, y + 6],
  ]);
}

function drawnLabel(placed: PlacedLabel): Markup {
  const { target, x, y, label, detail, isFar } = placed;
  const end = leaderEnd(placed);
  return h(
    'g',
    {},
    isFar ? h('line', { class: 'leader', x1: target.x, y1: target.y, x2: end.x, y2: end.y }) : undefined,
    h(
      'text',
      { class: 'halo', x, y, dy: '.35em' },
      label,
      detail === '' ? undefined : h('tspan', { class: 'quiet' }, ` ${detail}`),
    ),
  );
}
