import type { LineChart, Section } from '../page/page.js';
import type { ReportedMetric, ReportedValue, ReportedWindow } from './report.js';
import { amount, nameOf } from './words.js';

/** Of each metric the value that moved most, truth against estimate, window by window; first what moved farthest. */
export function driftSections(windows: readonly ReportedWindow[]): readonly Section[] {
  const [first] = windows;
  return (first?.metrics ?? [])
    .flatMap((metric, i) => {
      const moved = mostMoved(windows.map(({ metrics }) => metrics[i] as ReportedMetric));
      return moved === undefined ? [] : [{ metric, moved }];
    })
    .sort((a, b) => distance(b.moved) - distance(a.moved))
    .map(({ metric, moved }) => driftSection(metric, moved));
}

/** One value in each window; undefined where it has none, because nobody reported it. */
type Course = readonly (ReportedValue | undefined)[];

function mostMoved(metrics: readonly ReportedMetric[]): Course | undefined {
  const courses = (metrics[0]?.values ?? []).map(
    (value): Course =>
      metrics.map(({ values }) => values.find((it) => it.value === value.value && it.quantity === value.quantity)),
  );
  // Of numbers the quantiles say more than shares of single ranges.
  const quantiles = courses.filter((course) => course[0]?.quantity === 'quantile');
  const chosen = quantiles.length > 0 ? quantiles : courses;
  return [...chosen].sort((a, b) => distance(b) - distance(a))[0];
}

function distance(course: Course): number {
  const [first, last] = [course[0]?.truth ?? 0, course.at(-1)?.truth ?? 0];
  const isShare = course[0]?.isShare === true;
  return Math.abs(last - first) / (isShare ? 1 : Math.max(Math.abs(first), Math.abs(last), Number.MIN_VALUE));
}

function driftSection({ id, unit }: ReportedMetric, course: Course): Section {
  const known = course.filter((it) => it !== undefined);
  const [first, last] = [known[0], known.at(-1)] as [ReportedValue, ReportedValue];
  const name = nameOf(first, unit);
  const [from, to] = [amount(first, first.truth), amount(last, last.truth)];
  const [said, saidLast] = [amount(first, first.estimate), amount(last, last.estimate)];
  return {
    heading: `${id}: ${name}, window by window`,
    sentence: `It went from ${from} to ${to}; the estimates say from ${said} to ${saidLast}.`,
    chart: chartOf(course, first, name),
    table: {
      header: ['window', 'truth', 'estimate', 'low', 'high', 'holds'],
      rows: course.map((it, i) => [
        String(i + 1),
        ...(it === undefined
          ? ['-', '-', '-', '-', '-']
          : [...[it.truth, it.estimate, it.low, it.high].map((x) => amount(it, x)), it.covered ? 'yes' : 'NO']),
      ]),
    },
    notes: ['Of the values of this metric the one that moved most; --json has all.'],
  };
}

function chartOf(course: Course, { isShare }: ReportedValue, name: string): LineChart {
  const at = course.map((it, i) => ({ it, x: i + 1 }));
  return {
    kind: 'lines',
    x: { label: 'window', scale: 'linear', format: 'number' },
    y: { label: name, scale: 'linear', format: isShare ? 'share' : 'number' },
    series: [
      { label: 'truth', shape: 'line', points: at.map(({ it, x }) => ({ x, y: it?.truth ?? Number.NaN })) },
      {
        label: 'estimate',
        shape: 'points',
        points: at.map(({ it, x }) => ({
          x,
          y: it?.estimate ?? Number.NaN,
          ...(it === undefined || it.low === null || it.high === null ? {} : { low: it.low, high: it.high }),
        })),
      },
    ],
  };
}
