import { significant, whole } from '../format.js';
import type { LineChart, Section } from '../page/page.js';
import type { LedgerDay } from './ledger.js';
import { compositionTable } from './page-revealed.js';
import type { RegistryLedger } from './report.js';

export function ledgerSections(ledger: RegistryLedger, delta: number): readonly Section[] {
  const { bound, days, worst, drawn, participation } = ledger;
  // Those that spend most, in that order.
  const dearest = [...drawn.metrics].sort((a, b) => b.spent - a.spent).slice(0, MOST_LINES);
  const left = drawn.metrics.length - dearest.length;
  const chart = (label: string, figure: (day: LedgerDay) => number): LineChart => ({
    kind: 'lines',
    x: { label: 'day', scale: 'linear', format: 'number' },
    y: { label, scale: 'linear', format: 'number' },
    series: [
      ...(participation === 'all' ? [] : [stepsOf('the draw that costs most', worst.days, days, figure)]),
      stepsOf(participation === 'all' ? 'one installation' : 'a draw by lot', drawn.days, days, figure),
    ],
  });
  return [
    {
      heading: 'A year of the ledger',
      sentence: `What an installation that runs every day has spent by each day; at ${significant(bound.lifetime)} it falls silent for good.`,
      chart: {
        ...chart('epsilon spent since the first day', ({ spent }) => spent),
        levels: [{ label: 'lifetime', y: bound.lifetime }],
      },
      notes: [
        'An epoch of a latched metric is charged whole at its first report. Days on which metrics expire are not looked at.',
      ],
    },
    {
      heading: `Any ${bound.windowDays} days`,
      sentence: `What it has spent in the ${bound.windowDays} days that end on each day: never more than ${significant(bound.perWindow)}, and at most ${significant(worst.mostInWindow)} here.`,
      chart: {
        ...chart(`epsilon in ${bound.windowDays} days`, ({ inWindow }) => inWindow),
        levels: [{ label: 'in any window', y: bound.perWindow }],
      },
    },
    {
      heading: 'By metric',
      sentence: `What each metric spends in ${whole(days)} days${participation === 'all' ? '' : ', in the draw by lot'}.`,
      chart: {
        kind: 'lines',
        x: { label: 'day', scale: 'linear', format: 'number' },
        y: { label: 'epsilon spent since the first day', scale: 'linear', format: 'number' },
        series: dearest.map(({ id }) => stepsOf(id, summed(drawn.days, id), days, ({ spent }) => spent)),
      },
      table: {
        header: ['metric', 'every', 'reports', 'epsilon spent', 'silent from day'],
        rows: [
          ...drawn.metrics.map(({ id, period, reports, spent, silentFrom }) => [
            id,
            `${period} d`,
            whole(reports),
            significant(spent),
            silentFrom === null ? '-' : whole(silentFrom + 1),
          ]),
          [
            'all',
            '',
            whole(drawn.metrics.reduce((sum, { reports }) => sum + reports, 0)),
            significant(drawn.spent),
            drawn.silentFrom === null || drawn.silentFrom >= days ? '-' : whole(drawn.silentFrom + 1),
          ],
        ],
      },
      ...(left === 0 ? {} : { notes: [`The chart has those that spend most; ${left} more are not drawn.`] }),
    },
    {
      heading: 'Each metric by itself',
      sentence: `What ${whole(days)} days of each metric come to, were every report made: by adding up, and by a bound that may fail with chance ${delta}.`,
      table: compositionTable(ledger.composition),
      notes: [
        'The ledger adds up. The tighter bound is Kairouz, Oh, Viswanath 2015; it gains where reports are many and small.',
      ],
    },
  ];
}

/** Lines of more are not told apart. */
const MOST_LINES = 6;

/** What one metric has spent by each day on which it was charged. */
function summed(days: readonly LedgerDay[], id: string): readonly LedgerDay[] {
  let spent = 0;
  return days.flatMap((day) => {
    const charge = day.charged[id];
    if (charge === undefined) return [];
    spent += charge;
    return [{ ...day, spent }];
  });
}

/** From nothing on, and on to the last day. */
function stepsOf(label: string, found: readonly LedgerDay[], days: number, figure: (day: LedgerDay) => number) {
  const points = found.map((day) => ({ x: day.day + 1, y: figure(day) }));
  const last = points.at(-1);
  const end = last === undefined || last.x >= days ? [] : [{ x: days, y: last.y }];
  return { label, shape: 'step' as const, points: [{ x: 0, y: 0 }, ...points, ...end] };
}
