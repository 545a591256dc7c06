import { h, type Markup } from '../markup.js';
import type { IntervalChart } from '../page.js';
import { FOOT, type Plot, xAxis, xScale } from '../svg/axes.js';
import { LINE_ROOM, legend, MARK_ROOM } from '../svg/legend.js';
import { fitted, widthOf } from '../svg/letters.js';
import { colourOf, mark } from '../svg/look.js';
import { isDrawable, type Scale } from '../svg/scale.js';
import type { Size } from '../svg/size.js';
import type { Drawing } from './picture.js';

type Row = IntervalChart['rows'][number];

const HELD = 0;
const MISSED = 1;

/** A line per item: a bar from low to high, the estimate on it, and an upright mark where the truth is. */
export function drawIntervals({ axis, rows }: IntervalChart, size: Size): Drawing {
  const { width, fontSize } = size;
  const isWide = size.name === 'wide';
  const key = legend(entries(rows), size);
  const rowHeight = isWide ? 28 : 42;
  const labelRoom = isWide ? Math.min(260, Math.max(...rows.map(({ label }) => widthOf(label, fontSize)))) : width;
  const plot: Plot = {
    left: isWide ? labelRoom + 16 : 10,
    right: width - 16,
    top: key.height + 4,
    bottom: key.height + 4 + rows.length * rowHeight,
  };
  const numbers = rows.flatMap(({ truth, estimate, low, high }) => [truth ?? estimate, estimate, low, high]);
  const scale = xScale(
    axis,
    numbers.filter((x) => isDrawable(axis, x)),
    plot,
    size,
  );
  const drawn = rows.map((row, i) => {
    const top = plot.top + i * rowHeight;
    const y = top + rowHeight - 14;
    const label = isWide
      ? h('text', { class: 'end', x: plot.left - 12, y, dy: '.35em' }, fitted(row.label, labelRoom, fontSize))
      : h('text', { class: 'halo', x: 0, y: top + 14 }, fitted(row.label, width, fontSize));
    return h('g', {}, h('title', {}, row.label), label, item(row, axis, scale, y));
  });
  return { height: plot.bottom + FOOT, content: [key.markup, xAxis(axis, scale, plot, size), ...drawn] };
}

function item({ truth, estimate, low, high }: Row, axis: IntervalChart['axis'], scale: Scale, y: number): Markup {
  const look = isMissed({ truth, low, high }) ? MISSED : HELD;
  const isKnown = !Number.isNaN(low) && !Number.isNaN(high);
  return h(
    'g',
    {},
    isKnown ? bar(scale.at(low), scale.at(high), y, look) : undefined,
    truth !== null && isDrawable(axis, truth) ? truthMark(scale.at(truth), y) : undefined,
    isDrawable(axis, estimate) ? mark(look, scale.at(estimate), y, { isHollow: look === MISSED }) : undefined,
  );
}

function isMissed({ truth, low, high }: Pick<Row, 'truth' | 'low' | 'high'>): boolean {
  return truth !== null && (truth < low || truth > high);
}

function bar(low: number, high: number, y: number, look: number): Markup {
  const d = `M${low.toFixed(2)} ${y - 4}v8m0-4H${high.toFixed(2)}m0-4v8`;
  return h('path', { class: `bar ${colourOf(look)}`, d });
}

function truthMark(x: number, y: number): Markup {
  return h('line', { class: 'truth', x1: x, x2: x, y1: y - 9, y2: y + 9 });
}

function entries(rows: readonly Row[]): Parameters<typeof legend>[0] {
  const sample = (look: number, x: number, y: number): Markup =>
    h(
      'g',
      {},
      bar(x - LINE_ROOM / 2 + 2, x + LINE_ROOM / 2 - 2, y, look),
      mark(look, x, y, { isHollow: look === MISSED }),
    );
  return [
    { label: 'estimate with its interval', room: LINE_ROOM, sample: (x, y) => sample(HELD, x, y) },
    ...(rows.some(({ truth }) => truth !== null) ? [{ label: 'truth', room: MARK_ROOM, sample: truthMark }] : []),
    ...(rows.some(isMissed)
      ? [
          {
            label: 'interval that misses the truth',
            room: LINE_ROOM,
            sample: (x: number, y: number) => sample(MISSED, x, y),
          },
        ]
      : []),
  ];
}
