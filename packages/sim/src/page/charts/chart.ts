import { policy } from '../../policy.js';
import { h, type Markup } from '../markup.js';
import type { Chart } from '../page.js';
import { isDrawable } from '../svg/scale.js';
import { SIZES, type Size } from '../svg/size.js';
import { drawIntervals } from './intervals.js';
import { drawLines } from './lines.js';
import { type Drawing, picture } from './picture.js';
import { drawScatter } from './scatter.js';

/** A chart in both sizes, of which the page shows the one that fits, and what is missing in it. */
export function chartHtml(chart: Chart, title: string, id: string): Markup {
  const { drawn, left } = shortened(chart);
  if (!hasSomething(drawn)) return h('p', { class: 'note' }, 'There is nothing to draw.');
  const pictures = SIZES.map((size) =>
    picture(draw(drawn, size), {
      id: `${id}-${size.name}`,
      name: size.name,
      width: size.width,
      title,
      description: description(chart),
    }),
  );
  return h('div', { class: 'chart' }, pictures, left === 0 ? undefined : h('p', { class: 'note' }, rest(left)));
}

function rest(left: number): string {
  return `${left.toLocaleString('en')} more are not drawn.`;
}

function draw(chart: Chart, size: Size): Drawing {
  if (chart.kind === 'intervals') return drawIntervals(chart, size);
  return chart.kind === 'lines' ? drawLines(chart, size) : drawScatter(chart, size);
}

/** As many items as somebody looks at. */
function shortened(chart: Chart): { readonly drawn: Chart; readonly left: number } {
  if (chart.kind !== 'intervals') return { drawn: chart, left: 0 };
  const rows = chart.rows.slice(0, policy.chartRows);
  return { drawn: { ...chart, rows }, left: chart.rows.length - rows.length };
}

function hasSomething(chart: Chart): boolean {
  if (chart.kind === 'intervals') {
    return chart.rows.some((row) =>
      [row.truth ?? row.estimate, row.estimate, row.low, row.high].some((x) => isDrawable(chart.axis, x)),
    );
  }
  const points = chart.kind === 'lines' ? chart.series.flatMap((series) => series.points) : chart.points;
  return points.some(({ x, y }) => isDrawable(chart.x, x) && isDrawable(chart.y, y));
}

/** What kind of picture it is; the sentence above says what it shows, and a table has the numbers. */
function description(chart: Chart): string {
  const count = (n: number, what: string): string => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
  if (chart.kind === 'intervals') {
    return `Intervals: truth and estimate of ${count(chart.rows.length, 'item')}, by ${chart.axis.label}. The table has the numbers.`;
  }
  const axes = `${chart.y.label} against ${chart.x.label}`;
  if (chart.kind === 'scatter') {
    const front = chart.points.filter(({ isFront }) => isFront).map(({ label }) => label);
    return `Scatter plot: ${axes}, ${count(chart.points.length, 'point')}. Nothing is better in both than ${front.join(', ') || 'any'}. The table has the numbers.`;
  }
  return `Line chart: ${axes}. ${count(chart.series.length, 'line')}: ${chart.series.map(({ label }) => label).join(', ')}. The table has the numbers.`;
}
