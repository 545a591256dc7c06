import type { Axis, Page, Section } from '../src/page/page.js';

const share: Axis = { label: 'share of installations', scale: 'linear', format: 'share' };

function page(title: string, sections: readonly Section[], more: Partial<Page> = {}): Page {
  return {
    title,
    lead: ['With 50,000 installations you will see any feature used by more than 0.9%.'],
    command: ['run', '--population', 'zipf:1.1', '--clients', '50000', '--seed', '7'],
    facts: [
      ['population', 'zipf:1.1'],
      ['installations', '50,000'],
      ['seed', '7'],
    ],
    sections,
    ...more,
  };
}

const features = [
  'search',
  'share',
  'export',
  'dark mode',
  'undo',
  'voice input',
  'offline maps',
  'print',
  'sync',
  'none',
];

/** Truth and estimates of ten features, one of whose intervals misses the truth. */
export const intervals: Section = {
  heading: 'feature',
  sentence: 'Nine of ten intervals hold the truth; a share above 0.9% is told from none 19 times in 20.',
  chart: {
    kind: 'intervals',
    axis: share,
    rows: features.map((label, i) => {
      const truth = 0.29 / (i + 1) ** 1.1;
      const estimate = truth + 0.004 * Math.sin(3 * i) + (i === 3 ? 0.017 : 0);
      return { label, truth, estimate, low: Math.max(0, estimate - 0.009), high: estimate + 0.009 };
    }),
  },
  table: {
    header: ['', 'truth', 'estimate', 'error', 'std.error', 'low', 'high', 'holds'],
    rows: features.map((label, i) => [
      label,
      `${29 - i}.00%`,
      `${29 - i}.12%`,
      '+0.12%',
      '0.46%',
      `${28 - i}.22%`,
      `${30 - i}.02%`,
      i === 3 ? 'NO' : 'yes',
    ]),
    left: '3 more values are in --json.',
  },
  notes: ['Mean squared error of all shares 0.000021 (root 0.46%), largest error 1.91%.'],
};

const epsilons = [0.25, 0.5, 1, 2, 4, 8];

/** Error against epsilon, both logarithmic, of mechanisms whose lines end near each other. */
const lines: Section = {
  heading: 'Error against epsilon',
  sentence: 'With epsilon 2 the error stays below half a point under every mechanism but one.',
  chart: {
    kind: 'lines',
    x: { label: 'epsilon', scale: 'log', format: 'number' },
    y: { label: 'root mean squared error of a share', scale: 'log', format: 'share' },
    series: [
      ['randomized response', 3.2],
      ['optimized unary encoding', 1],
      ['Hadamard response', 1.04],
      ['subset selection', 0.97],
    ].map(([label, factor]) => ({
      label: String(label),
      shape: 'line' as const,
      points: epsilons.map((x) => {
        const y = (Number(factor) * Math.exp(x / 2)) / (Math.exp(x) - 1) / 120;
        return { x, y, low: y * 0.9, high: y * 1.12 };
      }),
    })),
    levels: [{ label: 'asked for: 0.5 points', y: 0.005 }],
  },
};

/** A year of spending by three rules, as steps. */
const steps: Section = {
  heading: 'A year of the ledger',
  sentence:
    'Fresh noise each week would reveal 52 times what one report does; a latched answer reveals no more after the first.',
  chart: {
    kind: 'lines',
    x: { label: 'day', scale: 'linear', format: 'number' },
    y: { label: 'epsilon spent', scale: 'linear', format: 'number' },
    series: [
      { label: 'fresh', shape: 'step', points: days((day) => Math.floor(day / 7) + 1) },
      { label: 'memo per value', shape: 'step', points: days((day) => Math.min(6, 1 + Math.floor(day / 40))) },
      { label: 'latched', shape: 'step', points: days(() => 1) },
    ],
    levels: [{ label: 'lifetime limit', y: 20 }],
  },
  table: {
    header: ['rule', 'after a year'],
    rows: [
      ['fresh', '53'],
      ['memo per value', '6'],
      ['latched', '1'],
    ],
  },
};

function days(spent: (day: number) => number): readonly { x: number; y: number }[] {
  return Array.from({ length: 365 }, (_, day) => ({ x: day, y: spent(day) }));
}

/** Simulated points with whiskers beside a predicted line. */
const points: Section = {
  heading: 'Installations needed',
  sentence: 'Below 20,000 installations the wish is out of reach at this epsilon.',
  chart: {
    kind: 'lines',
    x: { label: 'installations', scale: 'log', format: 'number' },
    y: { label: 'half the width of an interval', scale: 'linear', format: 'share' },
    series: [
      {
        label: 'predicted',
        shape: 'line',
        points: [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6].map((x) => ({ x, y: 1.2 / Math.sqrt(x) })),
      },
      {
        label: 'simulated',
        of: 'predicted',
        shape: 'points',
        points: [1e3, 1e4, 1e5, 1e6].map((x, i) => {
          const y = (1.2 + 0.1 * (i % 2)) / Math.sqrt(x);
          return { x, y, low: 0.85 * y, high: 1.2 * y };
        }),
      },
    ],
  },
};

const mechanisms = ['GRR', 'OUE', 'SUE', 'Hadamard', 'subset selection', 'local hashing'];

/** Mechanisms by epsilons: error against bytes. */
const scatter: Section = {
  heading: 'What a byte buys',
  sentence: 'Nothing is both smaller and more precise than the points on the staircase.',
  chart: {
    kind: 'scatter',
    x: { label: 'bytes of a report', scale: 'log', format: 'number' },
    y: { label: 'root mean squared error of a share', scale: 'log', format: 'share' },
    points: mechanisms.flatMap((group, i) =>
      [0.5, 1, 2, 4].map((epsilon) => {
        const bytes = [2, 128, 128, 3, 18, 6][i] ?? 1;
        const factor = [6, 1, 1.25, 1.15, 0.97, 1.02][i] ?? 1;
        return {
          label: `${group}, epsilon ${epsilon}`,
          group,
          x: bytes * (1 + epsilon / 40),
          y: (factor * 0.01) / Math.sinh(epsilon / 2),
          isFront: epsilon === 4 && [0, 3, 4, 5].includes(i),
          detail: `${bytes} B`,
        };
      }),
    ),
  },
};

const LONG = `a very long name ${'that goes on and on '.repeat(12)}`;
export const HOSTILE = `</text></svg><script>alert("1 & '2'")</script>`;

const number = (label: string, scale: Axis['scale'] = 'linear'): Axis => ({ label, scale, format: 'number' });

/** Charts that a careless drawing would spoil. */
const awkward: readonly Section[] = [
  { heading: 'No rows', sentence: 'Nothing.', chart: { kind: 'intervals', axis: share, rows: [] } },
  { heading: 'No lines', sentence: 'Nothing.', chart: { kind: 'lines', x: number('x'), y: share, series: [] } },
  { heading: 'No points', sentence: 'Nothing.', chart: { kind: 'scatter', x: number('x'), y: share, points: [] } },
  {
    heading: 'Not positive',
    sentence: 'Nothing that a logarithmic axis could show.',
    chart: {
      kind: 'lines',
      x: number('x', 'log'),
      y: number('y', 'log'),
      series: [
        {
          label: 'zero',
          shape: 'line',
          points: [
            { x: 1, y: 0 },
            { x: 0, y: 1 },
          ],
        },
      ],
    },
  },
  {
    heading: 'One of each',
    sentence: 'One row.',
    chart: {
      kind: 'intervals',
      axis: number('seconds'),
      rows: [{ label: 'p50', truth: 7, estimate: 7, low: 7, high: 7 }],
    },
  },
  {
    heading: 'One point',
    sentence: 'One point on a line.',
    chart: {
      kind: 'lines',
      x: number('x', 'log'),
      y: share,
      series: [{ label: 'one', shape: 'line', points: [{ x: 3, y: 0.2 }] }],
    },
  },
  {
    heading: 'One mark',
    sentence: 'One point of two figures, both zero.',
    chart: {
      kind: 'scatter',
      x: number('x'),
      y: share,
      points: [{ label: 'one', group: 'one', x: 0, y: 0, isFront: true }],
    },
  },
  {
    heading: 'Unknown',
    sentence: 'Numbers that are none, and intervals that never end.',
    chart: {
      kind: 'intervals',
      axis: share,
      rows: [
        { label: 'nothing known', truth: null, estimate: Number.NaN, low: Number.NaN, high: Number.NaN },
        { label: 'no end', truth: 0.2, estimate: 0.1, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
        { label: 'only a truth', truth: 0.4, estimate: Number.NaN, low: Number.NaN, high: Number.NaN },
      ],
    },
  },
  {
    heading: 'Gaps',
    sentence: 'A line with holes, and a point alone between two of them.',
    chart: {
      kind: 'lines',
      x: number('day'),
      y: number('epsilon'),
      series: [
        {
          label: 'broken',
          shape: 'line',
          points: Array.from({ length: 60 }, (_, x) => ({
            x,
            y: x % 10 === 0 || x === 11 ? Number.NaN : x,
            low: x - 5,
            high: Number.POSITIVE_INFINITY,
          })),
        },
      ],
    },
  },
  {
    heading: 'Huge and tiny',
    sentence: 'From the smallest to the largest doubles.',
    chart: {
      kind: 'lines',
      x: number('x', 'log'),
      y: number('y', 'log'),
      series: [
        {
          label: 'all',
          shape: 'line',
          points: [-290, -100, -3, 0, 6, 100, 299].map((power) => ({ x: 10 ** power, y: 10 ** -power })),
        },
      ],
      levels: [{ label: 'largest', y: Number.MAX_VALUE }],
    },
  },
  {
    heading: 'Close together',
    sentence: 'Numbers that differ in their ninth digit, and big ones.',
    chart: {
      kind: 'scatter',
      x: number('installations'),
      y: number('seconds'),
      points: [0, 1, 2, 3].map((i) => ({
        label: `point ${i}`,
        group: 'g',
        x: 1_000_000_000 + i,
        y: 123456.789 + i / 1e4,
        isFront: i === 0,
      })),
    },
  },
  {
    heading: 'Negative',
    sentence: 'Estimates below zero.',
    chart: {
      kind: 'intervals',
      axis: number('degrees'),
      rows: [-40, -38.5, -20].map((x) => ({ label: `${x}`, truth: x, estimate: x + 1, low: x - 2, high: x + 4 })),
    },
  },
  {
    heading: LONG,
    sentence: LONG,
    chart: {
      kind: 'intervals',
      axis: { ...share, label: LONG },
      rows: [LONG, HOSTILE, '漢字'.repeat(40), '\u202eright to left', ''].map((label, i) => ({
        label,
        truth: i / 10,
        estimate: i / 9,
        low: i / 11,
        high: i / 8,
      })),
    },
    table: {
      header: ['', LONG, HOSTILE],
      rows: [
        [LONG, HOSTILE, '1'],
        [HOSTILE, LONG, '2'],
      ],
      left: LONG,
    },
    notes: [LONG, HOSTILE],
  },
  {
    heading: HOSTILE,
    sentence: HOSTILE,
    chart: {
      kind: 'lines',
      x: { ...number(LONG), label: HOSTILE },
      y: number(LONG),
      series: [LONG, HOSTILE].map((label, i) => ({
        label,
        shape: 'step',
        points: [0, 1, 2].map((x) => ({ x, y: i + x })),
      })),
      levels: [
        { label: LONG, y: 1 },
        { label: HOSTILE, y: 1 },
      ],
    },
  },
  {
    heading: 'Many lines',
    sentence: 'More lines than names have room beside them.',
    chart: {
      kind: 'lines',
      x: number('x'),
      y: number('y'),
      series: Array.from({ length: 25 }, (_, i) => ({
        label: `series ${i}`,
        shape: 'line',
        points: [
          { x: 0, y: i },
          { x: 1, y: 2 * i },
        ],
      })),
    },
  },
  {
    heading: 'A crowd',
    sentence: 'More points than labels have room, all nearly in one place.',
    chart: {
      kind: 'scatter',
      x: number('bytes', 'log'),
      y: share,
      points: Array.from({ length: 80 }, (_, i) => ({
        label: i === 7 ? LONG : `point ${i}`,
        group: `group ${i % 9}`,
        x: 100 + ((i * 37) % 50),
        y: 0.1 + ((i * 61) % 80) / 1000,
        isFront: i % 20 === 7,
        detail: i % 2 ? '12 B' : HOSTILE,
      })),
    },
  },
];

export const pages: Readonly<Record<string, Page>> = {
  run: page('run: truth against estimate', [intervals]),
  plan: page('plan: epsilon for a wish', [lines, points], {
    lead: [
      'Epsilon 2 suffices: your 50,000 installations will see any feature used by more than 0.9%, 19 times of 20.',
      'Each person then spends 2 of the 8 that the registry allows in 90 days.',
    ],
  }),
  compare: page('compare: mechanisms', [scatter]),
  longitudinal: page('longitudinal: a year', [steps]),
  all: page('Everything', [intervals, lines, steps, points, scatter]),
  awkward: page(HOSTILE, awkward, {
    lead: [LONG, HOSTILE],
    facts: [
      [HOSTILE, LONG],
      [LONG, HOSTILE],
    ],
    command: ['run', '--candidates', "it's here.txt", HOSTILE],
  }),
};
