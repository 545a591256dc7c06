import { percent, significant, whole } from '../format.js';
import type { Section } from '../page/page.js';
import { policy } from '../policy.js';
import type { ReportedAttack, ReportedMetric, ReportedTarget } from './report.js';

export function attackSections(metric: ReportedMetric, attack: ReportedAttack): readonly Section[] {
  return attack.targets.length === 0 ? [] : [guessSection(metric, attack), changeSection(attack)];
}

function guessSection({ periods }: ReportedMetric, { clients, mostCommon, values, targets }: ReportedAttack): Section {
  const by = (name: string) => targets.find((target) => target.name === name);
  return {
    heading: 'The averaging attack',
    sentence: `Share of ${whole(clients)} installations whose value is guessed from their messages: ${periods} fresh reports give ${shareOf(by('fresh'))}, the same epsilon for the whole time spent on one latched answer ${shareOf(by('latched once'))}; without any message ${percent(mostCommon)}.`,
    chart: {
      kind: 'lines',
      x: { label: 'reports seen', scale: 'log', format: 'number' },
      y: { label: 'guessed right', scale: 'linear', format: 'share' },
      series: targets.map(({ name, guesses }) => ({
        label: name,
        shape: 'line',
        points: guesses.map(({ reports, mostProbable }) => ({ x: reports, y: mostProbable ?? Number.NaN })),
      })),
      levels: [{ label: 'without any message', y: mostCommon }],
    },
    table: {
      header: [
        'reports',
        'epsilon each',
        'declared',
        'guessed right',
        'by likelihood alone',
        'chance',
        'declared allows',
      ],
      rows: targets.map(({ name, epsilonFirst, declared, allowed, guesses }) => [
        name,
        significant(epsilonFirst),
        significant(declared),
        percent(guesses.at(-1)?.mostProbable ?? null),
        percent(guesses.at(-1)?.likeliest ?? null),
        percent(1 / values.length),
        percent(allowed),
      ]),
    },
    notes: [
      'The attacker knows the channel, the rule and how common each value is, and takes the value for one that never changed; what counts is the one held most often. By likelihood alone: without knowing how common values are.',
      'What is declared allows no attacker more, whatever is sent, where values never change.',
      `A share is known to about ${percent(1 / Math.sqrt(clients))} (two standard errors at most).`,
    ],
  };
}

function shareOf(target: ReportedTarget | undefined): string {
  return percent(target?.guesses.at(-1)?.mostProbable ?? null);
}

function changeSection({ clients, changing, changes, targets }: ReportedAttack): Section {
  const memo = targets.find(({ name }) => name === 'memo')?.changes;
  const latched = targets.find(({ name }) => name === 'latched once')?.changes;
  const real = memo?.real ?? null;
  return {
    heading: 'That the value changed',
    sentence: `How often the attacker sees that a value changed: half-way in ${percent(memo?.halfway ?? null)} under the memo rule, ${percent(latched?.halfway ?? null)} with one latched answer, with ${percent(policy.longitudinal.alpha)} false alarms.${real === null ? '' : ` Of the changes in the file it sees ${percent(real)} under the memo rule.`}`,
    table: {
      header: ['reports', 'false alarms', 'changed half-way', 'changed in the file'],
      rows: targets.map(({ name, changes: seen }) => [
        name,
        percent(seen.falseAlarms),
        percent(seen.halfway),
        percent(seen.real),
      ]),
    },
    notes: [
      `In the file ${whole(changing)} of ${whole(clients)} installations changed their value, ${whole(changes)} times in all.`,
      'Half-way: each installation takes the value of another one in the middle. One answer latched once says nothing of what happens later: what it sees of changes are false alarms.',
    ],
  };
}
