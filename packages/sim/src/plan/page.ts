import { significant, whole } from '../format.js';
import type { Page, Section } from '../page/page.js';
import { policy } from '../policy.js';
import { UNEXPLAINED } from './problem.js';
import type { ReportedAnswer, WishReport } from './report.js';
import { isFarOff } from './spikes.js';
import { aboutText } from './words.js';

export function wishPage(report: WishReport): Page {
  const { wish, promise, metric, population, known, candidates, seed } = report;
  return {
    title: `A plan for "${wish}"`,
    lead: leadOf(report),
    command: report.arguments,
    facts: [
      ['promise', promise],
      [
        'metric',
        `${metric.id === null ? '' : `${metric.id}, `}a ${metric.kind}, reported every ${days(metric.period)}`,
      ],
      ['population', population],
      ...(known.clients === null ? [] : [['installations', whole(known.clients)] as const]),
      ...(known.epsilon === null ? [] : [['epsilon', String(known.epsilon)] as const]),
      ...(report.answer === null ? [] : answerFacts(report, report.answer)),
      ['seed', seed],
    ],
    sections: [
      ...curveSection(report),
      ...nearestSection(report),
      ...(candidates.length > 1 ? [candidateSection(report)] : []),
    ],
  };
}

function leadOf(report: WishReport): readonly string[] {
  const { answer, unknown, isMet, wantedText, ceiling, known, nearest, isPartial, isQuick } = report;
  const stopped = isPartial ? ['Stopped before it was verified: what follows is less sure than it could be.'] : [];
  if (answer === null && isPartial) return ['Stopped before an answer was found.'];
  if (answer === null)
    return [impossible(report), ...nearest.map((one) => `Possible: with ${world(one)}, ${one.purpose}.`), ...stopped];
  const about = isQuick ? 'about ' : '';
  const first = {
    epsilon: `With ${whole(answer.clients)} installations, epsilon ${answer.epsilon} is ${about}enough to ${answer.purpose}.`,
    clients: `At epsilon ${answer.epsilon}, ${whole(answer.clients)} installations are ${about}enough to ${answer.purpose}.`,
    accuracy: `With ${world(answer)} you ${answer.purpose}.`,
  }[unknown];
  const quick =
    isQuick && answer.verification !== null
      ? [`This is a quick look, not a test: ${whole(answer.verification.trials)} repetitions refuse little.`]
      : [];
  const verdict =
    isMet === false && known.epsilon !== null ? [`That is less than was wished for (${wantedText}).`] : [];
  const reason = answer.needsReason
    ? [
        `Above epsilon ${UNEXPLAINED} a registry wants a reason; at most ${ceiling.epsilon} is taken.`,
        ...nearest.map((one) => `Without one: with ${world(one)}, ${one.purpose}.`),
      ]
    : [];
  return [
    first,
    `Take ${answer.mechanism}; ${person(answer)}.`,
    ...assumption(report, answer),
    ...quick,
    ...verdict,
    ...reason,
    ...stopped,
  ];
}

/** What a percentile rests on where nobody said what numbers look like. */
function assumption({ isAssumed, candidates }: WishReport, answer: ReportedAnswer): readonly string[] {
  if (!isAssumed) return [];
  const curve = 'That is so if your numbers lie on a smooth bell curve: give --population if you know better.';
  const fragile = candidates.find(({ spiky }) => spiky !== null && isFarOff(spiky));
  if (fragile?.spiky == null) return [curve];
  const { mechanism, spiky } = fragile;
  const often = `${spiky.met} of ${spiky.repetitions} times`;
  return mechanism === answer.mechanism
    ? [curve, `Where they lie in a few spikes ${mechanism} is far off: it was as near as this ${often}.`]
    : [
        curve,
        `Not ${mechanism}, which needs less on a curve: where numbers lie in a few spikes it was as near ${often}.`,
      ];
}

function impossible({ unknown, known, ceiling, wish }: WishReport): string {
  if (unknown === 'epsilon') {
    const clients = whole(known.clients ?? 0);
    return `"${wish}" is not possible with ${clients} installations: it would take more than epsilon ${ceiling.epsilon} (${ceiling.reason}).`;
  }
  if (unknown === 'clients')
    return `"${wish}" is not possible at epsilon ${known.epsilon} with ${whole(policy.plan.mostClients)} installations or fewer.`;
  return `With ${whole(known.clients ?? 0)} installations and epsilon ${known.epsilon} nothing is seen, however many report it.`;
}

function world({ clients, epsilon }: ReportedAnswer): string {
  return `${whole(clients)} installations and epsilon ${epsilon}`;
}

function person({ person: { perWindow, windowDays, days: left } }: ReportedAnswer): string {
  return `a person gives epsilon ${perWindow} in ${windowDays} days, for ${whole(left)} days at most if nothing else is reported`;
}

function answerFacts(report: WishReport, answer: ReportedAnswer): [string, string][] {
  const { mechanism, options, reportBytes, person: cost, verification, about } = answer;
  const { bits, hashes, cohorts } = options;
  const filter = bits === undefined ? '' : `, ${bits} bits, ${hashes} hash, ${cohorts} cohorts`;
  return [
    ['mechanism', `${mechanism}${filter}, ${reportBytes} byte${reportBytes === 1 ? '' : 's'} a report`],
    ['epsilon of a person', `${cost.perReport} a report, ${cost.perWindow} in ${cost.windowDays} days`],
    ['tested', aboutText(about, isOfShare(report), report.metric.unit)],
    ['verified', verification === null ? 'no' : verified(verification)],
  ];
}

function verified({ trials, covered, promised, law, isPassed }: NonNullable<ReportedAnswer['verification']>): string {
  const how = law === 'joint' ? 'the exact law of all counts' : 'the exact law of the one count it rests on';
  const share = significant((100 * covered) / trials);
  const verdict = isPassed ? 'the promise is not refused' : 'the promise is refused';
  return `kept in ${whole(covered)} of ${whole(trials)} repetitions, ${share}% (${significant(100 * promised)}% promised): ${verdict}; by ${how}`;
}

function curveSection(report: WishReport): readonly Section[] {
  const { curves, unknown, wanted, wantedText, answer } = report;
  if (curves.every(({ points }) => points.length < 2)) return [];
  const x = unknown === 'clients' ? 'installations' : 'epsilon';
  const own =
    answer === null
      ? []
      : [
          {
            label: 'the answer',
            shape: 'points' as const,
            points: [{ x: unknown === 'clients' ? answer.clients : answer.epsilon, y: answer.accuracy }],
          },
        ];
  return [
    {
      heading: `Accuracy against ${x}`,
      sentence: `The more ${x === 'epsilon' ? 'epsilon' : 'installations'}, the smaller the error: lines are predicted, the point is simulated.`,
      chart: {
        kind: 'lines',
        x: { label: x, scale: 'log', format: 'number' },
        y: { label: 'accuracy', scale: 'log', format: isOfShare(report) ? 'share' : 'number' },
        series: [
          ...curves.map(({ mechanism, points }) => ({
            label: mechanism,
            shape: 'line' as const,
            points: points.map((point) => ({ x: point.x, y: point.accuracy })),
          })),
          ...own,
        ],
        ...(wanted === null ? {} : { levels: [{ label: `wished for: ${wantedText}`, y: wanted }] }),
      },
    },
  ];
}

function isOfShare({ metric }: WishReport): boolean {
  return metric.unit === null && metric.kind !== 'count';
}

function nearestSection({ nearest }: WishReport): readonly Section[] {
  if (nearest.length === 0) return [];
  return [
    {
      heading: 'The nearest that is possible',
      sentence: 'Each with its verification.',
      table: {
        header: ['mechanism', 'installations', 'epsilon', 'enough to', 'verified'],
        rows: nearest.map(({ mechanism, clients, epsilon, purpose, verification }) => [
          mechanism,
          whole(clients),
          String(epsilon),
          purpose,
          verification === null ? 'no' : `${whole(verification.covered)} of ${whole(verification.trials)}`,
        ]),
      },
    },
  ];
}

function candidateSection({ candidates, unknown }: WishReport): Section {
  const name = { epsilon: 'epsilon', clients: 'installations', accuracy: 'accuracy' }[unknown];
  const [first] = candidates;
  return {
    heading: 'Mechanisms',
    sentence: first?.found == null ? 'None of them is enough.' : `${first.mechanism} ${first.reason}.`,
    table: {
      header: ['mechanism', 'bytes', `${name}, predicted`, `${name}, simulated`, 'why'],
      rows: candidates.map(({ mechanism, reportBytes, predicted, found, reason }) => [
        mechanism,
        String(reportBytes),
        predicted === null ? '-' : significant(predicted),
        found === null ? '-' : String(found),
        reason,
      ]),
    },
  };
}

function days(n: number): string {
  return n === 1 ? 'day' : `${n} days`;
}
