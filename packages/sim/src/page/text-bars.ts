import { policy } from '../policy.js';
import type { IntervalChart, Table } from './page.js';
import { isDrawable, type Scale, scaleOf } from './svg/scale.js';

const WIDTH = policy.barWidth;
const ESTIMATE = '[ ] interval, o estimate';
const TRUTH = ', | truth';
const COLUMN = Math.max(WIDTH, ESTIMATE.length + TRUTH.length);

/**
 * The table with bars beside those of its rows that the chart has, if it has them all; a table of names and bars where there
 * is none.
 */
export function withBars(table: Table | undefined, chart: IntervalChart): Table | undefined {
  const { rows } = chart;
  const { header, rows: lines, ...rest } = table ?? { header: [''], rows: rows.map(({ label }) => [label]) };
  const names = lines.map(([name]) => name);
  if (rows.length === 0 || !rows.every(({ label }) => names.includes(label))) return table;
  const drawn = barsOf(chart);
  const bars = new Map(rows.map(({ label }, i) => [label, drawn[i] ?? '']));
  const legend = rows.some(({ truth }) => truth !== null) ? `${ESTIMATE}${TRUTH}` : ESTIMATE;
  return {
    header: [...header, legend.padEnd(COLUMN)],
    rows: lines.map((cells) => [...cells, bars.get(cells[0] ?? '') ?? ''.padEnd(COLUMN)]),
    ...rest,
  };
}

function barsOf({ axis, rows }: IntervalChart): readonly string[] {
  const numbers = rows.flatMap(({ truth, estimate, low, high }) => [truth ?? estimate, estimate, low, high]);
  const drawable = numbers.filter((x) => isDrawable(axis, x));
  if (drawable.length === 0) return [];
  const scale = scaleOf(axis, drawable, { from: 0, to: WIDTH - 1, most: 8 });
  return rows.map((row) => bar(row, scale).padEnd(COLUMN));
}

function bar({ truth, estimate, low, high }: IntervalChart['rows'][number], scale: Scale): string {
  const letters = new Array<string>(WIDTH).fill(' ');
  const place = (x: number): number => Math.round(scale.at(x));
  if (!Number.isNaN(low) && !Number.isNaN(high)) {
    letters.fill('-', place(low), place(high));
    letters[place(low)] = '[';
    letters[place(high)] = ']';
  }
  if (!Number.isNaN(estimate)) letters[place(estimate)] = 'o';
  if (truth !== null && !Number.isNaN(truth)) letters[place(truth)] = '|';
  return letters.join('');
}
