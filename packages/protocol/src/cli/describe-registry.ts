import type { Metric } from '../registry/metric.js';
import type { Registry } from '../registry/registry.js';
import { LINKABLE_BITS } from './assess.js';
import { describeMetric } from './describe-metric.js';
import { describeSum, drawnIds } from './describe-sum.js';
import { linkingBits } from './linking.js';
import { likelier, sure } from './odds.js';
import type { Block, Page } from './page.js';

/** "What is sent": the page of a registry for the people whose devices report. */
export function describeRegistry(registry: Registry): Page {
  const drawn = drawnIds(registry);
  return {
    title: `What ${registry.app} sends`,
    blocks: [
      ...inShort(registry, drawn.size > 0),
      ...figures(),
      { heading: 'What is asked', level: 2 },
      ...registry.wire.flatMap((metric) => describeMetric(metric, registry.bound.windowDays, drawn.has(metric.id))),
      ...describeSum(registry),
      ...neverSent(),
      ...visible(registry, drawn.size > 0),
      ...withdraw(registry),
      {
        paragraph: `Made from the list of questions that the app carries: registry ${registry.fingerprint} of ${registry.app}.`,
      },
    ],
  };
}

function inShort({ app, wire, bound }: Registry, isDrawn: boolean): readonly Block[] {
  const questions = wire.length === 1 ? 'one question, which stands' : `${wire.length} questions, all of which stand`;
  const drawn = isDrawn ? ` It answers only some of them, drawn by lot anew for each ${bound.windowDays} days.` : '';
  return [
    {
      paragraph: `If you agree, ${app} asks your device ${questions} below.${drawn} Your device changes each answer at random before it leaves: what arrives may be true or not, and says something about many devices together. How much it can say about you at most is stated for each question, and for all of them in sum.`,
    },
    {
      paragraph: `The sum for one device: epsilon ${bound.perWindow} in any ${bound.windowDays} days, and epsilon ${bound.lifetime} in its life.`,
    },
  ];
}

function figures(): readonly Block[] {
  return [
    { heading: 'How to read the figures', level: 2 },
    {
      paragraph: `Epsilon says how much of the truth shines through the randomness: 0 is nothing, more is more. An answer with epsilon 1 is ${likelier(1)} under one truth than under any other. So somebody who thought a fact about you as likely as not is afterwards ${sure(1)} of it. Epsilons of several answers are added; their factors are multiplied.`,
    },
  ];
}

function neverSent(): readonly Block[] {
  return [
    { heading: 'What is never sent', level: 2 },
    {
      list: [
        'A true answer that anybody could know to be true: each one is changed at random first, or left as it is at random, and nothing tells which.',
        'A name, an account, a cookie, an identifier of you or your device. No message holds anything that is there to be recognised in another.',
        'When something happened. A report names the day or the days it is about, and no more.',
        'Anything that no question above asks about.',
      ],
    },
  ];
}

function visible({ wire }: Registry, isDrawn: boolean): readonly Block[] {
  const latched = wire.filter((metric) => metric.latch !== undefined);
  return [
    { heading: 'What can be seen anyway', level: 2 },
    {
      list: [
        'That the app was used: for days on which it did not run nothing is sent. If it ran, whether, when and how much is sent does not depend on what happened.',
        'The network address of your device, to whoever runs the network and the server, as with every website. The Dither server does not keep it.',
        'Of each message: the day it was made, the version of this list of questions, which of them it answers, and a number drawn at random that names this one message.',
        'That the answers in one message come from one device.',
        'That the app asks the server now and then which questions are switched off. It names itself and nothing else, and everyone gets the same answer.',
        ...(isDrawn ? ['Which questions your device has drawn.'] : []),
        ...(latched.length === 0
          ? []
          : [
              linked(latched),
              'That you withdrew or that stored answers were lost: such a question stays silent until its span ends.',
            ]),
      ],
    },
    { paragraph: 'What the app sends by other means is not part of this page.' },
  ];
}

/** Of the cohort that all latched metrics of an installation share for an epoch. */
const COHORT_BITS = 6;

/** What makes the reports of a span recognisable as one device's, beside their values. */
function linked(latched: readonly Metric[]): string {
  const bits = latched.reduce((sum, metric) => sum + linkingBits(metric), COHORT_BITS);
  const surely = bits > LINKABLE_BITS ? 'about as surely as an identifier would' : 'not surely, but better than chance';
  const ids = latched.map(({ id }) => id).join(', ');
  return `Which reports on ${ids} come from one device, within a span of ${latched[0]?.epoch} days: they are made from the same stored answers and resemble one another. That tells it ${surely}; and with such reports it tells whose the others in the same messages are. Nothing connects one span to the next.`;
}

/** What becomes of the signal Global Privacy Control, which some browsers send with every request. */
const GPC = {
  refused:
    'If your browser sends the signal Global Privacy Control, that counts as no: the server refuses what comes with it, and counts nothing of it.',
  'explicit-grant':
    'If your browser sends the signal Global Privacy Control, that counts as no, until you agree in the app after being told of it; from then on the server counts what is sent, the signal notwithstanding.',
} as const;

function withdraw({ wire, gpc }: Registry): readonly Block[] {
  const owners = [...new Set(wire.map(({ owner }) => owner))].sort();
  return [
    { heading: 'How to withdraw', level: 2 },
    {
      list: [
        `Before you agree nothing is recorded, stored or sent. ${GPC[gpc ?? 'refused']}`,
        'You can withdraw at any time, in the app, where you agreed. What waits on your device and what is stored for later reports is then erased, and nothing more is recorded or sent. Only the count of what was spent is kept, so that agreeing again does not begin anew.',
        'In private mode, if the app has one, nothing is recorded, stored or sent.',
        'What was sent cannot be called back: there is nothing in it by which it could be found.',
        `Questions are answered by: ${owners.join(', ')}.`,
      ],
    },
  ];
}
