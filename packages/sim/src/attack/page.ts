import { percent, whole } from '../format.js';
import type { Page, Section } from '../page/page.js';
import { type Strategy, strategies } from './forgery.js';
import type { AttackReport } from './report.js';
import type { AttackPoint, AttackResult } from './simulate.js';

export function attackPage(report: AttackReport): Page {
  const { targets, label, mechanism, epsilon, domainSize } = report;
  return {
    title: `Attacked: ${label}`,
    lead: lead(report),
    command: report.arguments,
    facts: [
      ['mechanism', `${mechanism}, epsilon ${epsilon}, ${whole(domainSize)} values`],
      ['targets', named(targets.map((target) => target.label))],
      ['true share of targets', percent(targets.reduce((sum, { truth }) => sum + truth, 0))],
      ['honest installations', `${whole(report.clients)} in each window, ${report.population}`],
      ['repetitions', whole(report.repetitions)],
      ['seed', report.seed],
    ],
    sections: [gains(report), detection(report), blind(report)],
  };
}

function named(labels: readonly string[]): string {
  const shown = labels.slice(0, 12).join(', ');
  return labels.length > 12 ? `${shown}, and ${labels.length - 12} more` : shown;
}

function lead(report: AttackReport): readonly string[] {
  const { attacks, targets } = report;
  const all = attacks.flatMap((attack) => attack.points).filter(({ reports }) => reports > 0);
  const stopped = report.isPartial
    ? [`Stopped after ${whole(report.repetitions)} of ${whole(report.asked)} repetitions.`]
    : [];
  if (all.length === 0)
    return [...stopped, 'So few reports are forged that there are none: more --clients or --forged are needed.'];
  const worst = all.reduce((a, b) => (b.gain > a.gain ? b : a));
  const { share, gain, detected } = worst;
  const seen = Object.entries(detected).sort((a, b) => b[1] - a[1])[0];
  const silent = all
    .filter((point) => Object.values(point.detected).every((rate) => rate < 0.5))
    .reduce((most, point) => Math.max(most, point.gain), 0);
  const raised =
    targets.length === 1 ? 'the share of the target' : `the share of the ${targets.length} targets together`;
  return [
    ...stopped,
    `Whoever forges ${percent(share)} of the reports can raise ${raised} ${gain < 1 ? `by ${points(gain)}` : 'to anything up to 100%'}.`,
    seen === undefined || seen[1] < 0.5
      ? 'No look at what the server adds up finds that in more than half of the cases.'
      : `What the server adds up gives that away in ${percent(seen[1])} of the cases; ${silent > 0 ? `${silent < 1 ? `up to ${points(silent)}` : 'a raise to anything up to 100%'} can go unnoticed more often than not` : 'none of the attacks tried goes unnoticed'}.`,
  ];
}

function points(gain: number): string {
  return `${(100 * gain).toLocaleString('en', { maximumFractionDigits: 1 })} percentage points`;
}

function name({ strategy, draws }: AttackResult): string {
  return draws === null ? strategy : `${strategy}, ${draws} draws`;
}

const meanings: Readonly<Record<Strategy, string>> = {
  maximal: 'Maximal: the report that says most of all targets.',
  adaptive: 'Adaptive: the most that keeps the totals looking ordinary.',
  random: 'Random: any report.',
  input: 'Input: honest reports of somebody who claims to hold a target.',
};

/** Of those that the table has. */
function explained(attacks: readonly AttackResult[]): string {
  const tried = strategies.filter((strategy) => attacks.some((attack) => attack.strategy === strategy));
  return tried.map((strategy) => meanings[strategy]).join(' ');
}

/** Times the largest gain, up to which the worst case is drawn. */
const FAR = 3;

function gains({ attacks, repetitions, tries }: AttackReport): Section {
  const worst = attacks[0]?.points ?? [];
  const most = Math.max(...attacks.flatMap((attack) => attack.points.map(({ gain }) => gain)));
  // Where it is far above everything there is, it would press the rest to the ground.
  const isNear = worst.every((point) => point.worst <= FAR * most);
  return {
    heading: 'Gain',
    sentence: 'What the estimates of all targets gain together, for the share of the reports that is forged.',
    chart: {
      kind: 'lines',
      x: { label: 'share of forged reports', scale: 'linear', format: 'share' },
      y: { label: 'gain of the targets together', scale: 'linear', format: 'share' },
      series: [
        ...attacks.map((attack) => ({
          label: name(attack),
          shape: 'line' as const,
          points: attack.points.map(({ share, gain, standardError }) => ({
            x: share,
            y: gain,
            low: gain - 2 * standardError,
            high: gain + 2 * standardError,
          })),
        })),
        ...(isNear
          ? [
              {
                label: 'worst case',
                shape: 'line' as const,
                points: worst.map(({ share, worst: y }) => ({ x: share, y })),
              },
            ]
          : []),
      ],
    },
    table: {
      header: ['attack', 'forged', 'reports', 'gain', 'standard error', 'closed form', 'worst case'],
      rows: attacks.flatMap((attack) =>
        attack.points.map(({ share, reports, gain, standardError, expected, worst }) => [
          name(attack),
          percent(share),
          whole(reports),
          percent(gain),
          percent(standardError),
          percent(expected),
          percent(worst),
        ]),
      ),
    },
    notes: [
      `Measured over ${whole(repetitions)} repetitions, with the bytes of the forged reports, by the server's own aggregator.`,
      explained(attacks),
      'Closed form: the share times what a forged report says of the targets, less what honest ones do (Cao, Jia, Gong 2021).',
      'Worst case: what ifForged says of the estimates that came out. No forgery gains more, whatever its bytes.',
      ...(attacks.some(({ draws }) => draws === 'ground')
        ? [
            `Draws: chosen, as if a client set them; ground, the best of ${whole(tries)} nonces tried; assigned, the first.`,
          ]
        : []),
    ],
  };
}

function detection({ attacks, detectors, alpha, repetitions }: AttackReport): Section {
  const rates = (detected: AttackPoint['detected']) =>
    detectors.map((detector) => percent(detected[detector.name] ?? 0));
  return {
    heading: 'What the server could see',
    sentence: `How often each look at the added-up state speaks up at level ${percent(alpha)}; the first row is false alarm.`,
    table: {
      header: ['attack', 'forged', ...detectors.map((detector) => detector.name)],
      rows: [
        ['none', percent(0), ...detectors.map(({ falseAlarms }) => percent(falseAlarms))],
        ...attacks.flatMap((attack) =>
          attack.points.map(({ share, detected }) => [name(attack), percent(share), ...rates(detected)]),
        ),
      ],
    },
    notes: [
      ...detectors.map((detector) => `${detector.name}: ${detector.summary}.`),
      `Each rate is of ${whole(repetitions)} repetitions, so that its error is at most ${percent(0.5 / Math.sqrt(repetitions))}.`,
      'jump takes it that the honest population did not change since the window before; where it does, it speaks up, too.',
    ],
  };
}

function blind({ unavailable }: AttackReport): Section {
  return {
    heading: 'What it could not see',
    sentence: 'The server keeps sums and no reports, so some of what the literature detects forgery by is not there.',
    notes: unavailable,
  };
}
