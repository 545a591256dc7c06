import { policy } from '@dither/protocol';
import { significant, whole } from '../format.js';
import type { Page, Section } from '../page/page.js';
import { isRefuted, leastOf, likelyError, nearestOf } from './likely.js';
import type { CompareReport, ReportedCell } from './report.js';

/** What the error is of. */
const OF = {
  shares: 'of a share, over all values',
  mean: 'of the mean',
  quantiles: 'of the median, the p75 and the p95',
  texts: 'of the share of a text, over all of them',
} as const;

/** The same, at the beginning of what is said of it. */
const OFF = {
  shares: 'an estimated share is',
  mean: 'the mean is',
  quantiles: 'the median, the p75 and the p95 are',
  texts: 'the share of a text is',
} as const;

export function comparePage(report: CompareReport): Page {
  const { metric, population, question, repetitions, seed, cells, isPartial } = report;
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
      [
        'error',
        `root mean square ${OF[question]}; measured over ${whole(repetitions)} repetitions${isPartial ? ' where it was not stopped before' : ''}`,
      ],
      ['seed', seed],
    ],
    sections:
      cells.length === 0
        ? []
        : [paretoSection(report), growthSection(report), ...tableSections(report), adviceSection(report)],
  };
}

function leadOf(report: CompareReport): readonly string[] {
  const { cells, isPartial } = report;
  if (cells.length === 0) return ['No mechanism answers this at these epsilons.'];
  const stopped = isPartial ? ['Stopped: what was not reached is predicted alone.'] : [];
  return [...conclusion(report), ...leastByEpsilon(report), ...advised(report), ...stopped];
}

/** For who wants to know what to do. */
function conclusion(report: CompareReport): readonly string[] {
  const { recommended, ceiling, question } = report;
  if (recommended === null)
    return [`None of these epsilons can be declared: at most ${ceiling.epsilon}, ${ceiling.reason}.`];
  const { mechanism, epsilon, clients } = recommended;
  const unit = errorUnit(report);
  const error = likelyError(recommended);
  const off = `${OFF[question]} then typically off by ${errorText(error, unit, LEAD_DIGITS)}`;
  const points = Number((100 * error).toPrecision(LEAD_DIGITS));
  const example =
    unit === 'points' && points < EXAMPLE / 2
      ? `, up or down: a true ${EXAMPLE}% may be shown as ${exact(EXAMPLE - points)}% or ${exact(EXAMPLE + points)}%`
      : '';
  return [`Take ${mechanism} at epsilon ${epsilon}: with ${whole(clients)} installations ${off}${example}.`];
}

/** Without what floating point adds. */
function exact(x: number): string {
  return String(Number(x.toPrecision(12)));
}

/** How much of a number is read at a glance. */
const LEAD_DIGITS = 2;

/** Percent, of a share that stands for others. */
const EXAMPLE = 10;

function leastByEpsilon({ cells, question, metric }: CompareReport): readonly string[] {
  const unit = errorUnit({ question, metric });
  const most = Math.max(...cells.map(({ clients }) => clients));
  return [...new Set(cells.map(({ epsilon }) => epsilon))].flatMap((epsilon) => {
    const shown = cells.filter((cell) => cell.epsilon === epsilon && cell.clients === most);
    const best = leastOf(shown);
    if (best === undefined) return [];
    const { mechanism, predicted } = best;
    const world = `With ${whole(most)} installations and epsilon ${epsilon}`;
    const least = isRefuted(best)
      ? `${world}, ${mechanism} errs least: by ${errorText(likelyError(best), unit)} as measured.`
      : `${world}, ${mechanism} is predicted to err least: by ${errorText(predicted, unit)}.`;
    // Whoever looks at predictions alone would take these.
    const refuted = shown.filter((cell) => isRefuted(cell) && cell.predicted < likelyError(best));
    return [
      least,
      ...refuted.map(
        (cell) =>
          `There ${cell.mechanism} is predicted to err by ${errorText(cell.predicted, unit)} and was measured to err by ${errorText(likelyError(cell), unit)}: of this population the prediction is wrong.`,
      ),
    ];
  });
}

/** What advise would choose where the conclusion is drawn. */
function advised({ advice, recommended }: CompareReport): readonly string[] {
  const choice = advice.find(
    ({ epsilon, clients }) => epsilon === recommended?.epsilon && clients === recommended.clients,
  );
  if (choice?.mechanism == null) return [];
  return [
    `For epsilon ${choice.epsilon} advise, which knows no population, would choose ${choice.mechanism}: ${choice.reason}.`,
  ];
}

type Unit = 'points' | string;

function errorUnit({ question, metric }: Pick<CompareReport, 'question' | 'metric'>): Unit {
  return question === 'shares' || question === 'texts' ? 'points' : (metric.unit ?? '');
}

function errorText(error: number, unit: Unit, digits = 4): string {
  const shown = Number((unit === 'points' ? 100 * error : error).toPrecision(digits));
  return `${significant(shown)} ${unit}`.trimEnd();
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
    sentence: `Left and low is good: less epsilon in ${shown[0]?.person.windowDays} days, and less error, here as predicted, or as measured where that refutes it. The line joins what nothing beats.`,
    chart: {
      kind: 'scatter',
      x: { label: `epsilon of a person in ${shown[0]?.person.windowDays} days`, scale: 'log', format: 'number' },
      y: axisOf(unit),
      points: shown.map((cell) => ({
        label: `${cell.mechanism} at ${cell.epsilon}`,
        group: cell.mechanism,
        x: cell.person.perWindow,
        // Measured ones differ by chance, and the front would be one of luck.
        y: likelyError(cell),
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
  const epsilon = report.recommended?.epsilon ?? nearestOf(epsilons, policy.defaultEpsilon);
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
          cell.epsilon > report.ceiling.epsilon ? '-' : whole(cell.person.days),
        ]),
      },
      notes: notesOf(report, shown),
    };
  });
}

function figure(error: number, unit: Unit): string {
  return significant(unit === 'points' ? 100 * error : error);
}

function notesOf(
  { ceiling, isPartial, repetitions }: CompareReport,
  cells: readonly ReportedCell[],
): readonly string[] {
  const engines = new Set(cells.map(({ engine }) => engine));
  const cut = cells.filter((cell) => cell.repetitions > 0 && cell.repetitions < repetitions);
  const unmeasured = 'no law of its counts is known, and too many reports would have to be made';
  return [
    'A person: epsilon per budget window, and days until the budget of a life is spent if nothing else is reported.',
    ...(cells.some(({ epsilon }) => epsilon > ceiling.epsilon)
      ? [`Above epsilon ${ceiling.epsilon} it cannot be declared: ${ceiling.reason}.`]
      : []),
    ...(engines.has('marginal')
      ? ['marginal: each count has its exact law, and they are drawn independently of each other.']
      : []),
    ...(engines.has('predicted')
      ? [`predicted: ${isPartial ? `it was stopped before, or ${unmeasured}` : unmeasured}.`]
      : []),
    ...cut.map(
      ({ mechanism, epsilon, repetitions: done }) =>
        `${mechanism} at epsilon ${epsilon}: stopped after ${whole(done)} repetitions.`,
    ),
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
