import { whole } from '../format.js';
import type { Page, Section } from '../page/page.js';
import type { ShuffledMessage, ShuffleReport } from './report.js';

/** The page of a shuffle report. Bounds are rounded up. */
export function shufflePage(report: ShuffleReport): Page {
  const [first, ...others] = report.messages as [ShuffledMessage, ...ShuffledMessage[]];
  return {
    title: `Shuffled: ${report.app ?? first.label}`,
    lead: lead(report, first),
    command: report.arguments,
    facts: [
      ...(report.app === null ? [] : [['app', report.app] as const]),
      [first.kind === 'batch' ? 'a batch tells' : 'a report tells', `epsilon ${bound(first.epsilon)} by itself`],
      ['delta', String(report.delta)],
      ['forged messages', `at most ${Number((100 * report.forged).toPrecision(3))}% of a batch`],
    ],
    sections: [
      sizes(report, first),
      ...(others.length === 0 ? [] : [alone(report, others)]),
      deltas(first),
      {
        heading: 'Conditions',
        sentence: 'The bounds hold where all of this does:',
        notes: report.conditions.map((condition, i) => `${i + 1}. ${condition}`),
      },
    ],
  };
}

function lead(report: ShuffleReport, first: ShuffledMessage): readonly string[] {
  const { delta, isPartial, isGeneric, leftOut } = report;
  const largest = first.batches.at(-1) as ShuffledMessage['batches'][number];
  const sent = first.kind === 'batch' ? "a person's batch" : 'a report';
  const isHidden = largest.epsilon <= 0.9 * first.epsilon;
  return [
    ...(isPartial ? ['Stopped before all was computed: some metrics are missing.'] : []),
    isHidden
      ? `Among ${whole(largest.clients)} messages shuffled together, whoever wonders which of two values a person has and holds both for equally likely guesses right at most ${atMost(guess(largest.epsilon, delta))} of the time; from the message by itself, at most ${atMost(guess(first.epsilon, 0))}.`
      : `Shuffling hides next to nothing, even with ${whole(largest.clients)} messages to a batch.`,
    `In numbers: ${sent} of epsilon ${bound(first.epsilon)} is centrally (${bound(largest.epsilon)}, ${delta})-private.`,
    'This is so only under the conditions below; without them the epsilon of the message by itself is what holds.',
    ...(isGeneric
      ? [
          `In a hurry (--quick) the bounds are those for any mechanism: each one's own may be smaller.${leftOut.length > 0 ? ` ${leftOut.length} metrics are left out.` : ''}`,
        ]
      : []),
  ];
}

/** How often one of two equally likely values is guessed right at most: Kairouz, Oh, Viswanath 2015, "The composition theorem for differential privacy". */
function guess(epsilon: number, delta: number): number {
  return (1 + Math.tanh(epsilon / 2) + delta * (1 - Math.tanh(epsilon / 2))) / 2;
}

/** A share in percent, rounded up. */
function atMost(share: number): string {
  return `${Math.min(100, Math.ceil(1000 * share) / 10)}%`;
}

function sizes({ delta, messages }: ShuffleReport, first: ShuffledMessage): Section {
  return {
    heading: first.kind === 'batch' ? 'The whole batch' : 'One report as a message',
    sentence: `The more honest messages are shuffled together, the less each tells: central epsilon at delta ${delta}.`,
    chart: {
      kind: 'lines',
      x: { label: 'messages shuffled together', scale: 'log', format: 'number' },
      y: { label: 'central epsilon', scale: 'log', format: 'number' },
      series: drawn(messages).map(({ label, batches }) => ({
        label,
        shape: 'line',
        points: batches.map(({ clients, epsilon }) => ({ x: clients, y: epsilon > 0 ? epsilon : Number.NaN })),
      })),
      levels: [{ label: 'by itself', y: first.epsilon }],
    },
    table: {
      header: ['messages', 'honest', 'central epsilon', '2021', '2023', '2024'],
      rows: first.batches.map(({ clients, honest, epsilon, clones2021, stronger2023, variationRatio2024 }) => [
        whole(clients),
        whole(honest),
        bound(epsilon),
        clones2021 === null ? '-' : bound(clones2021),
        stronger2023 === null ? '-' : bound(stronger2023),
        bound(variationRatio2024),
      ]),
    },
    notes: [
      ...(drawn(messages).length < messages.length
        ? [`${messages.length - drawn(messages).length} more metrics are not drawn: the table below has all.`]
        : []),
      'To compare with: 2021 and 2023, closed forms of Feldman, McMillan, Talwar for any randomizer, where they apply; 2024, the variation-ratio figure of Wang et al., which is no bound: by enumeration there are batches that tell more.',
      ...(first.epochEpsilon === null
        ? []
        : [
            `Of its latched metrics an epoch's rounds together tell up to epsilon ${bound(first.epochEpsilon)}, shuffled or not.`,
          ]),
    ],
  };
}

/** The first, and of the others those that differ most. */
function drawn([first, ...others]: readonly ShuffledMessage[]): readonly ShuffledMessage[] {
  const at = ({ batches }: ShuffledMessage) => batches.at(-1)?.epsilon ?? 0;
  const sorted = [...others].sort((a, b) => at(b) - at(a));
  const shown = sorted.length <= 4 ? sorted : [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return [first, ...shown].filter((message) => message !== undefined);
}

function alone({ delta }: ShuffleReport, others: readonly ShuffledMessage[]): Section {
  const sizes = others[0]?.batches.map(({ clients }) => clients) ?? [];
  return {
    heading: 'Each metric alone',
    sentence: `Hypothetical: if each report were a message of its own that nothing links to the others, central epsilon at delta ${delta}.`,
    table: {
      header: ['metric', 'mechanism', 'by itself', 'told apart', ...sizes.map((n) => `n = ${whole(n)}`)],
      rows: others.map(({ label, mechanism, epsilon, totalVariation, batches }) => [
        label,
        mechanism ?? '',
        bound(epsilon),
        totalVariation.toFixed(3),
        ...batches.map((batch) => bound(batch.epsilon)),
      ]),
    },
    notes: [
      'Told apart: the largest total variation between the reports of two values, from the mechanism and its integers.',
      'Of a latched metric: one round.',
    ],
  };
}

function deltas({ batches, deltas }: ShuffledMessage): Section {
  return {
    heading: 'Delta at epsilon',
    sentence: `The same the other way round, of ${whole(batches.at(-1)?.clients ?? 1)} messages: the delta of a central epsilon.`,
    table: {
      header: ['central epsilon', 'delta'],
      rows: deltas.map(({ epsilon, delta }) => [String(Number(epsilon.toPrecision(4))), bound(delta)]),
    },
  };
}

/** A bound in four digits, rounded up: what is printed is a bound, too. */
function bound(x: number): string {
  if (x === 0) return '0';
  const unit = 10 ** (Math.floor(Math.log10(x)) - 3);
  const nearest = Number(x.toPrecision(4));
  return String(nearest < x ? Number((nearest + unit).toPrecision(4)) : nearest);
}
