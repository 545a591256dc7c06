import { percent, significant, whole } from '../format.js';
import type { Page, Section } from '../page/page.js';
import { policy } from '../policy.js';
import { attackSections } from './page-attack.js';
import { ledgerSections } from './page-ledger.js';
import { revealedSections } from './page-revealed.js';
import type { LongitudinalReport, RegistryLedger, ReportedLedger } from './report.js';
import { guesses, odds, sure } from './words.js';

export function longitudinalPage(report: LongitudinalReport): Page {
  return {
    title: title(report),
    lead: [...ledgerLead(report), ...revealedLead(report), ...attackLead(report), ...partial(report)],
    command: report.arguments,
    facts: facts(report),
    sections: sections(report),
  };
}

function title({ metric, ledger }: LongitudinalReport): string {
  return `What reports reveal over time: ${metric?.label ?? ledger?.app}`;
}

function sections(report: LongitudinalReport): readonly Section[] {
  const { ledger, metric, revealed, attack, delta } = report;
  return [
    ...(ledger === null ? [] : ledgerSections(ledger, delta)),
    ...(metric === null || revealed === null ? [] : revealedSections(metric, revealed, delta)),
    ...(metric === null || attack === null ? [] : attackSections(metric, attack)),
  ];
}

function ledgerLead({ ledger }: LongitudinalReport): readonly string[] {
  if (ledger === null) return [];
  const { bound, worst, days } = ledger;
  return [
    `Somebody who sees all messages of one installation, and without them could but toss a coin over a yes or no about it, may be right ${guesses(bound.perWindow)} after its first ${bound.windowDays} days, and ${guesses(worst.spent)} after ${whole(days)}: that much the declared epsilons allow.`,
    `One installation spends at most epsilon ${significant(bound.perWindow)} in any ${bound.windowDays} days and ${significant(bound.lifetime)} in its life, over all metrics.`,
    `${endOf(worst)} ${spentBy(ledger)}`,
  ];
}

function endOf({ firstRefusal, silentFrom }: ReportedLedger): string {
  const years = Math.round(policy.longitudinal.horizonDays / 365.25);
  const first =
    firstRefusal === null || firstRefusal === silentFrom
      ? ''
      : `loses its first report on day ${whole(firstRefusal + 1)}, and `;
  if (silentFrom === null) return `One that runs every day ${first}does not fall silent within ${years} years.`;
  return `One that runs every day ${first}is silent from day ${whole(silentFrom + 1)} on.`;
}

function spentBy({ days, worst, drawn, participation }: RegistryLedger): string {
  const most = `In ${whole(days)} days it spends ${significant(worst.spent)}`;
  return participation === 'all'
    ? `${most}.`
    : `${most} if it draws what costs most, and ${significant(drawn.spent)} in the draw made here.`;
}

function revealedLead({ metric, revealed }: LongitudinalReport): readonly string[] {
  const last = revealed?.points.at(-1);
  if (metric === null || last === undefined) return [];
  const memo =
    last.memo === null
      ? 'with certainty'
      : `${sure(last.memo)} (odds of ${last.isExact ? '' : 'at least '}${odds(last.memo)})`;
  return [
    `Latched by epochs, as Dither does it, two histories of ${last.reports} reports, as likely as each other before, are told apart ${guesses(last.declaredLatched)}, whatever the values do: no messages speak for either with odds above ${odds(last.declaredLatched)}.`,
    `The published rule, which Dither does not use, keeps one permanent answer per value for ever: an installation whose value changed half-way through ${last.reports} reports may send messages that tell it from one that did not ${memo}; published is epsilon ${significant(last.publishedMemo)}.`,
  ];
}

function attackLead({ attack }: LongitudinalReport): readonly string[] {
  if (attack === null) return [];
  const parts = attack.targets.map(({ name, guesses }) => `${percent(guesses.at(-1)?.mostProbable ?? null)} (${name})`);
  if (parts.length === 0) return [];
  return [
    `Somebody who sees all messages of one installation, and knows how common each value is, guesses its value right in this share of ${whole(attack.clients)} installations: ${parts.join(', ')}. Without any message it is ${percent(attack.mostCommon)}.`,
  ];
}

function partial({ isPartial }: LongitudinalReport): readonly string[] {
  return isPartial ? ['Stopped before the end: ways to report that were not attacked are left out.'] : [];
}

function facts({ seed, ledger, metric, attack, delta }: LongitudinalReport): Page['facts'] {
  return [
    ['seed', seed],
    ...(ledger === null ? [] : [['registry', `${ledger.app}, participation ${ledger.participation}`] as const]),
    ...(metric === null
      ? []
      : ([
          ['metric', metric.label === metric.mechanism ? metric.label : `${metric.label}, ${metric.mechanism}`],
          [
            'epsilons',
            `${significant(metric.epsilonFirst)} a report, ${significant(metric.epsilonInfinity)} of however many of one answer`,
          ],
          ['reports', `${metric.periods}, in epochs of ${metric.reports}`],
        ] as const)),
    ...(attack === null
      ? []
      : ([
          [
            'data',
            `${attack.file}: ${whole(attack.people)} people, ${whole(attack.leftOut)} left out, ${attack.values.length} values`,
          ],
        ] as const)),
    ['delta', String(delta)],
  ];
}
