import { numeral } from '../numerals.js';
import type { Axis, Chart, IntervalChart, LineChart, ScatterChart, Table } from '../page.js';

/** The numbers of a chart: for who cannot see it, and for who wants them. */
export function dataOf(chart: Chart): Table {
  if (chart.kind === 'intervals') return intervals(chart);
  return chart.kind === 'lines' ? lines(chart) : scatter(chart);
}

function intervals({ axis, rows }: IntervalChart): Table {
  const show = (x: number | null): string => numeral(x ?? Number.NaN, axis.format);
  return {
    header: [axis.label, 'truth', 'estimate', 'low', 'high'],
    rows: rows.map(({ label, truth, estimate, low, high }) => [label, ...[truth, estimate, low, high].map(show)]),
  };
}

/** A row for each x, a column for each series. */
function lines({ x, y, series, levels = [] }: LineChart): Table {
  const xs = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b);
  const columns = series.map(({ points }) => {
    const cells = new Map<number, string>();
    for (const point of points) {
      const before = cells.get(point.x);
      const text = withBand(point, y.format);
      cells.set(point.x, before === undefined ? text : `${before}, ${text}`);
    }
    return cells;
  });
  return {
    header: [x.label, ...series.map(({ label }) => label), ...levels.map(({ label }) => label)],
    rows: xs.map((at) => [
      numeral(at, x.format),
      ...columns.map((cells) => cells.get(at) ?? ''),
      ...levels.map((level) => numeral(level.y, y.format)),
    ]),
  };
}

function withBand({ y, low, high }: LineChart['series'][number]['points'][number], format: Axis['format']): string {
  const text = numeral(y, format);
  if (low === undefined && high === undefined) return text;
  return `${text} (${numeral(low ?? y, format)} to ${numeral(high ?? y, format)})`;
}

function scatter({ x, y, points }: ScatterChart): Table {
  return {
    header: ['', 'group', x.label, y.label, 'nothing is better in both', 'detail'],
    rows: points.map(({ label, group, isFront, detail = '', ...point }) => [
      label,
      group,
      numeral(point.x, x.format),
      numeral(point.y, y.format),
      isFront ? 'yes' : 'no',
      detail,
    ]),
  };
}
