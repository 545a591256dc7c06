import { significant, whole } from '../format.js';
import type { Page, Section } from '../page/page.js';
import type { CompareReport, ReportedCell } from './report.js';

/** What the error is of. */
const OF = {
  shares: 'of a share, over all values',
  mean: 'of the mean',
  quantiles: 'of the median, the p75 and the p95',
  texts: 'of the share of a text, over all of them',
} as const;

export function comparePage(report: CompareReport): Page {
  const { metric, population, question, repetitions, seed, cells } = report;
  return {
    title: `Mechanisms for ${metric.id ?? `a ${metric.kind}`}`,
    lead: leadOf(report),
    command: report.arguments,
    facts: [
      [
        'metric',
        `${metric.id === null ? '' : `${metric.id}, `}a ${metric.kind} of ${whole(metric.values)} values, every ${metric.period} days`,
      ],
      ['population', population],
      ['error', `root mean square ${OF[question]}; measured over ${whole(repetitions)} repetitions`],
      ['seed', seed],
    ],
    sections:
      cells.length === 0
        ? []
        : [paretoSection(report), growthSection(report), ...tableSections(report), adviceSection(report)],
  };
}

function leadOf({ cells, advice, question, metric, isPartial }: CompareReport): readonly string[] {
  const unit = errorUnit({ question, metric });
  const last = advice.at(-1);
  const sentences = [...new Set(cells.map(({ epsilon }) => epsilon))].flatMap((epsilon) => {
    const best = cells
      .filter((cell) => cell.epsilon === epsilon && cell.clients === last?.clients)
      .reduce<ReportedCell | undefined>(
        (least, cell) => (least === undefined || cell.predicted < least.predicted ? cell : least),
        undefined,
      );
    return best === undefined
      ? []
      : [
          `With ${whole(best.clients)} installations and epsilon ${epsilon}, ${best.mechanism} errs least: by ${errorText(best.measured ?? best.predicted, unit)}.`,
        ];
  });
  const chosen =
    last?.mechanism == null
      ? []
      : [`For epsilon ${last.epsilon} advise would choose ${last.mechanism}: ${last.reason}.`];
  const stopped = isPartial ? ['Stopped: cells that were not reached are predicted alone.'] : [];
  return cells.length === 0 ? ['No mechanism answers this at these epsilons.'] : [...sentences, ...chosen, ...stopped];
}

type Unit = 'points' | string;

function errorUnit({ question, metric }: Pick<CompareReport, 'question' | 'metric'>): Unit {
  return question === 'shares' || question === 'texts' ? 'points' : (metric.unit ?? '');
}

function errorText(error: number, unit: Unit): string {
  return `${significant(unit === 'points' ? 100 * error : error)} ${unit}`.trimEnd();
}

function axisOf(unit: Unit) {
  return {
    label: unit === 'points' || unit === '' ? 'error' : `error, ${unit}`,
    scale: 'log',
    format: unit === 'points' ? 'share' : 'number',
  } as const;
}

function paretoSection(report: CompareReport): Section {
  const unit = errorUnit(report);
  const most = Math.max(...report.cells.map(({ clients }) => clients));
  const shown = report.cells.filter(({ clients }) => clients === most);
  return {
    heading: `Error against what a person gives, ${whole(most)} installations`,
    sentence: `Left and low is good: less epsilon in ${shown[0]?.person.windowDays} days, and less error, here as predicted. The line joins what nothing beats.`,
    chart: {
      kind: 'scatter',
      x: { label: `epsilon of a person in ${shown[0]?.person.windowDays} days`, scale: 'log', format: 'number' },
      y: axisOf(unit),
      points: shown.map((cell) => ({
        label: `${cell.mechanism} at ${cell.epsilon}`,
        group: cell.mechanism,
        x: cell.person.perWindow,
        // As predicted: measured ones differ by chance, and the front would be one of luck.
        y: cell.predicted,
        isFront: cell.isFront,
        detail: `${cell.reportBytes} byte${cell.reportBytes === 1 ? '' : 's'} a report`,
      })),
    },
  };
}

function growthSection(report: CompareReport): Section {
  const { cells } = report;
  const unit = errorUnit(report);
  const epsilons = [...new Set(cells.map(({ epsilon }) => epsilon))];
  const epsilon = epsilons.reduce((nearest, one) =>
    Math.abs(Math.log(one)) < Math.abs(Math.log(nearest)) ? one : nearest,
  );
  const shown = cells.filter((cell) => cell.epsilon === epsilon);
  const mechanisms = [...new Set(shown.map(({ mechanism }) => mechanism))];
  const of = (mechanism: string) => shown.filter((cell) => cell.mechanism === mechanism);
  return {
    heading: `Error against installations, epsilon ${epsilon}`,
    sentence:
      'Four times the installations halve an error that is noise alone. Lines are predicted, points are measured.',
    chart: {
      kind: 'lines',
      x: { label: 'installations', scale: 'log', format: 'number' },
      y: axisOf(unit),
      series: mechanisms.flatMap((mechanism) => [
        {
          label: mechanism,
          shape: 'line' as const,
          points: of(mechanism).map(({ clients, predicted }) => ({ x: clients, y: predicted })),
        },
        {
          label: `${mechanism}, measured`,
          of: mechanism,
          shape: 'points' as const,
          points: of(mechanism).flatMap(({ clients, measured }) =>
            measured === null ? [] : [{ x: clients, y: measured }],
          ),
        },
      ]),
    },
  };
}

/** One table for each number of installations. */
function tableSections(report: CompareReport): readonly Section[] {
  const unit = errorUnit(report);
  return [...new Set(report.cells.map(({ clients }) => clients))].map((clients) => {
    const shown = report.cells.filter((cell) => cell.clients === clients);
    return {
      heading: `${whole(clients)} installations`,
      sentence: `Error in ${unit === '' ? 'the unit of the metric' : unit}, measured beside predicted; * where nothing has less of both, error and epsilon.`,
      table: {
        header: ['mechanism', 'epsilon', 'measured', 'predicted', 'engine', 'bytes', 'a person: window', 'days'],
        rows: shown.map((cell) => [
          `${cell.mechanism}${cell.isFront ? ' *' : ''}`,
          String(cell.epsilon),
          cell.measured === null ? '-' : figure(cell.measured, unit),
          figure(cell.predicted, unit),
          cell.engine,
          String(cell.reportBytes),
          String(cell.person.perWindow),
          whole(cell.person.days),
        ]),
      },
      notes: notesOf(shown),
    };
  });
}

function figure(error: number, unit: Unit): string {
  return significant(unit === 'points' ? 100 * error : error);
}

function notesOf(cells: readonly ReportedCell[]): readonly string[] {
  const engines = new Set(cells.map(({ engine }) => engine));
  return [
    'A person: epsilon per budget window, and days until the budget of a life is spent if nothing else is reported.',
    ...(engines.has('marginal')
      ? ['marginal: each count has its exact law, and they are drawn independently of each other.']
      : []),
    ...(engines.has('predicted')
      ? ['predicted: no law of its counts is known, and too many reports would have to be made.']
      : []),
  ];
}

function adviceSection({ advice }: CompareReport): Section {
  return {
    heading: 'What advise would choose',
    sentence:
      'From epsilon and the number of installations alone; within 1% of the least error the fewest bytes decide.',
    table: {
      header: ['choice', 'installations', 'epsilon', 'why'],
      rows: advice.map(({ mechanism, clients, epsilon, reason }) => [
        mechanism ?? '-',
        whole(clients),
        String(epsilon),
        reason ?? '-',
      ]),
    },
  };
}
