import { significant, whole } from '../format.js';
import type { Section, Table } from '../page/page.js';
import type { ReportedMetric } from './report.js';
import type { Composed, Revealed, RevealedBy } from './revealed.js';
import { epsilonText, odds } from './words.js';

export function revealedSections(metric: ReportedMetric, revealed: Revealed, delta: number): readonly Section[] {
  const { points, pairs, climb, composition } = revealed;
  const last = points.at(-1) as RevealedBy;
  return [
    declaredSection(metric, points, last),
    pairsSection(pairs),
    climbSection(metric, climb),
    {
      heading: 'The sum, and a tighter one',
      sentence: `What all ${last.reports} reports come to: by adding up, and by a bound that may fail with chance ${delta}.`,
      table: compositionTable(composition),
    },
  ];
}

function declaredSection(metric: ReportedMetric, points: readonly RevealedBy[], last: RevealedBy): Section {
  const line = (label: string, figure: (point: RevealedBy) => number | null, shape: 'line' | 'step' = 'line') => ({
    label,
    shape,
    points: points.map((point) => ({ x: point.reports, y: figure(point) ?? Number.NaN })),
  });
  const isExact = points.every((point) => point.isExact);
  const told =
    last.memo === null
      ? 'is told from one that did not with certainty'
      : `can be told from one that did not with odds ${isExact ? '' : 'of at least '}${odds(last.memo)}`;
  return {
    heading: 'Declared, and revealed',
    sentence: `After ${last.reports} reports an installation whose value changed half-way ${told} under the memo rule, which is published as epsilon ${significant(last.publishedMemo)}.`,
    chart: {
      kind: 'lines',
      x: { label: 'reports', scale: 'linear', format: 'number' },
      y: { label: 'epsilon', scale: 'linear', format: 'number' },
      series: [
        line('fresh, declared', (point) => point.declaredFresh),
        line('latched, declared and exact', (point) => point.declaredLatched, 'step'),
        line('memo, published', (point) => point.publishedMemo, 'step'),
        line(isExact ? 'memo, changed half-way' : 'memo, at least', (point) => point.memo),
      ],
    },
    table: {
      header: [
        'reports',
        'fresh',
        'latched',
        'latched, exact',
        'memo, published',
        'memo, changed half-way',
        'memo, at most',
      ],
      rows: points.map((point) => [
        whole(point.reports),
        epsilonText(point.declaredFresh),
        epsilonText(point.declaredLatched),
        epsilonText(point.latched),
        epsilonText(point.publishedMemo),
        epsilonText(point.memo, point.isExact),
        epsilonText(point.memoAtMost),
      ]),
    },
    notes: [
      'Epsilon x means: whatever is sent is at most e^x times likelier under one history than under another. It is about the messages that tell most, however rare.',
      `Memo is the published rule: one permanent answer for each distinct value, kept for ever. Its published bound is epsilon ${significant(metric.epsilonInfinity)} for each value held; here two are. Its stages are those of the metric; the published second one spends a little less than epsilonFirst where there are more than two cells.`,
      ...(metric.bits === null
        ? []
        : [
            `The answer of each value has ${whole(metric.bits)} bits, each with coins of its own: all of them tell a change, and not only those of the values.`,
          ]),
      ...(isExact
        ? []
        : [
            'With so many cells only reports that name one of the two values are looked at: the worst of these, which was the worst of all wherever all could be tried.',
          ]),
    ],
  };
}

function pairsSection(pairs: Revealed['pairs']): Section {
  const last = pairs.at(-1);
  const worst = last?.worst ?? null;
  return {
    heading: 'All pairs of histories',
    sentence:
      last === undefined || worst === null
        ? 'Under the memo rule two different messages prove a change.'
        : `With two values and ${last.reports} reports, the two histories that are told apart best differ by odds ${odds(worst)} under the memo rule; latched, none by more than declared.`,
    table: {
      header: ['reports', 'half-way', 'worst pair', 'which is', 'latched, worst', 'latched, declared'],
      rows: pairs.map(({ reports, halfway, worst: own, histories, latched, declaredLatched }) => [
        whole(reports),
        epsilonText(halfway),
        epsilonText(own),
        histories.join(' '),
        epsilonText(latched),
        epsilonText(declaredLatched),
      ]),
    },
    notes: [
      'Exact, over every pair of histories of two values, written as 0 and 1, and every sequence of reports. Half-way and the worst pair are under the memo rule, for which their order does not count.',
    ],
  };
}

function climbSection({ epsilonInfinity }: ReportedMetric, climb: Revealed['climb']): Section {
  const last = climb.at(-1);
  return {
    heading: 'Reports of one stored answer',
    sentence: `The first ${last?.reports} reports of one answer come to ${epsilonText(last?.exact ?? null)}, and however many never to more than ${significant(epsilonInfinity)}.`,
    table: {
      header: ['reports', 'exact', 'charged by the ledger'],
      rows: climb.map(({ reports, exact, charged }) => [whole(reports), exact.toFixed(6), charged.toFixed(6)]),
    },
  };
}

export function compositionTable(composition: readonly Composed[]): Table {
  return {
    header: ['of', 'number', 'epsilon each', 'added up', 'tighter', 'exact curve'],
    rows: composition.map(({ label, count, epsilon, basic, tight, curve }) => [
      label,
      whole(count),
      significant(epsilon),
      significant(basic),
      significant(tight),
      significant(curve),
    ]),
  };
}
