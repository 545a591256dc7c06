import { h } from '../markup.js';
import type { LineChart } from '../page.js';
import { FOOT, type Plot, xAxis, xScale, yAxis, yRoom, yScale } from '../svg/axes.js';
import { type LegendEntry, LINE_ROOM, legend, MARK_ROOM } from '../svg/legend.js';
import { fitted } from '../svg/letters.js';
import { colourOf, dashOf, mark } from '../svg/look.js';
import { isDrawable } from '../svg/scale.js';
import type { Size } from '../svg/size.js';
import { type Frame, levelLine, seriesBand, seriesLine, shownPoints } from './line.js';
import { type Look, looksOf } from './looks.js';
import { type Name, namesBeside, roomOf } from './names.js';
import type { Drawing } from './picture.js';

/** Lines, each with its name beside the plot where there is room, else in a legend above it. */
export function drawLines(chart: LineChart, size: Size): Drawing {
  const { width, height, fontSize } = size;
  const levels = (chart.levels ?? []).filter(({ y }) => isDrawable(chart.y, y));
  const looks = looksOf(chart.series);
  const named = chart.series.filter((_, i) => looks[i]?.isNamed);
  const room = roomOf(
    [...named, ...levels].map(({ label }) => label),
    size,
  );
  const key = legend(room === undefined ? entries(chart, looks, levels) : [], size);
  const top = key.height + 30;

  const shown = chart.series.flatMap((series) => shownPoints(chart, series));
  const heights = [...shown.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]), ...levels.map(({ y }) => y)];
  const drawable = heights.filter((it) => isDrawable(chart.y, it));
  const y = yScale(chart.y, drawable, top, top + height, size);
  const plot: Plot = { left: yRoom(y, size), right: width - (room ?? 16), top, bottom: top + height };
  const places = shown.map((point) => point.x);
  const x = xScale(chart.x, places, plot, size, { isTight: true });
  const frame: Frame = { chart, looks, x, y, plot };
  return {
    height: plot.bottom + FOOT,
    content: [
      key.markup,
      h('text', { class: 'axis', x: 0, y: top - 14 }, fitted(chart.y.label, plot.right, fontSize)),
      xAxis(chart.x, x, plot, size),
      yAxis(y, plot),
      ...each(chart, looks, (series, look) => seriesBand(series, look, frame)),
      ...levels.map((level) => levelLine(level, frame)),
      ...each(chart, looks, (series, look) => seriesLine(series, look, frame)),
      ...(room === undefined ? [] : namesBeside(names(frame, levels), plot, size)),
    ],
  };
}

type Levels = NonNullable<LineChart['levels']>;
type Series = LineChart['series'][number];

function each<T>({ series }: LineChart, looks: readonly Look[], make: (series: Series, look: Look) => T): readonly T[] {
  return series.flatMap((one, i) => {
    const look = looks[i];
    return look === undefined ? [] : [make(one, look)];
  });
}

function names({ chart, looks, x, y, plot }: Frame, levels: Levels): readonly Name[] {
  const ofSeries = each(chart, looks, (series, { index, isNamed }) => {
    const last = shownPoints(chart, series).at(-1);
    if (last === undefined || !isNamed) return [];
    return [
      { label: series.label, colour: colourOf(index), x: x.at(last.x), y: y.at(last.y), sample: sampleMark(index) },
    ];
  });
  const ofLevels = levels.map((level) => ({
    label: level.label,
    colour: '',
    x: plot.right,
    y: y.at(level.y),
    sample: sampleLine('level', undefined, 10),
  }));
  return [...ofSeries.flat(), ...ofLevels];
}

function entries(chart: LineChart, looks: readonly Look[], levels: Levels): readonly LegendEntry[] {
  const ofSeries = each(chart, looks, ({ label, shape }, { index, isNamed }) => {
    if (!isNamed) return [];
    if (shape === 'points') return [{ label, room: MARK_ROOM, sample: sampleMark(index) }];
    const drawn = sampleLine(`line ${colourOf(index)}`, dashOf(index), LINE_ROOM);
    return [
      { label, room: LINE_ROOM, sample: (x: number, y: number) => h('g', {}, drawn(x, y), sampleMark(index)(x, y)) },
    ];
  });
  const sample = sampleLine('level', undefined, LINE_ROOM);
  return [...ofSeries.flat(), ...levels.map(({ label }) => ({ label, room: LINE_ROOM, sample }))];
}

type Sample = LegendEntry['sample'];

function sampleMark(i: number): Sample {
  return (x, y) => mark(i, x, y);
}

function sampleLine(name: string, dash: string | undefined, length: number): Sample {
  return (x, y) =>
    h('line', { class: name, 'stroke-dasharray': dash, x1: x - length / 2, x2: x + length / 2, y1: y, y2: y });
}
