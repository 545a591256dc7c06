import { MICRO } from '@dither/mechanisms';
import { type SilentAfter, silentAfter } from '../node/silent-after.js';
import { chargePerWindow, type ParticipationClass } from '../registry/participation.js';
import type { Registry } from '../registry/registry.js';
import { formatNumber } from './format.js';
import { isUseful, likelier } from './odds.js';
import type { Block } from './page.js';

/** What all answers tell together, per budget window and for life: the figure of the registry's bound, and its parts. */
export function describeSum(registry: Registry): readonly Block[] {
  const { bound, classes } = registry;
  const isDrawn = drawnIds(registry).size > 0;
  const { perWindow, windowDays, lifetime } = bound;
  return [
    { heading: 'All answers together', level: 2 },
    {
      paragraph:
        'Answers that arrive in one message are known to come from one device. So the honest figure is the sum over all questions, as if all of them were about the same fact.',
    },
    ...(isDrawn
      ? [
          {
            paragraph: `All questions together would exceed that sum. So for each ${windowDays} days your device draws by lot which of them it answers, within the limits below. The draw depends on nothing but chance, and each one is independent of the one before.`,
          },
        ]
      : []),
    {
      table: {
        head: ['Questions', `Epsilon in any ${windowDays} days, at most`],
        rows: classes.flatMap((c) => (isWhole(c, windowDays) ? metricRows(c, windowDays) : [classRow(c)])),
        foot: ['All together', String(perWindow)],
      },
    },
    {
      paragraph: `Read as odds, all that your device answers in any ${windowDays} days is ${likelier(perWindow)} under one truth than under any other. That is the worst case: it needs all answers to bear on one and the same fact about you.`,
    },
    {
      paragraph: `In its whole life your device spends at most epsilon ${lifetime}. ${isUseful(lifetime) ? `All of its answers together are ${likelier(lifetime)} under one truth than under any other.` : 'As odds that is no useful limit: what it limits is for how long your device takes part.'} ${falling(silentAfter(registry), windowDays)}`,
    },
    {
      paragraph:
        'Two devices, or two browsers on one, each count for themselves, and their sums add up. A device whose stored data was deleted begins anew, as it cannot know what was spent before.',
    },
  ];
}

function falling({ windows, days }: SilentAfter, windowDays: number): string {
  const when =
    windows === 0 ? `within the first ${windowDays} days` : `after ${formatNumber(days)} days in which all is answered`;
  return `That is used up ${when}, and the device is silent from then on.`;
}

function metricRows({ metrics }: ParticipationClass, windowDays: number): readonly string[][] {
  return metrics.map((metric) => [metric.id, String(chargePerWindow(metric, windowDays) / MICRO)]);
}

/** What a draw grants to the metrics of one period together. */
function classRow({ cap, metrics }: ParticipationClass): string[] {
  return [`drawn by lot among ${metrics.map(({ id }) => id).join(', ')}`, String(cap / MICRO)];
}

/** Whether all metrics of a class fit, so that every draw takes them all. */
function isWhole({ cap, metrics }: ParticipationClass, windowDays: number): boolean {
  return metrics.reduce((sum, metric) => sum + chargePerWindow(metric, windowDays), 0) <= cap;
}

/** Ids of the metrics that not every installation reports. */
export function drawnIds({ classes, budget }: Registry): ReadonlySet<string> {
  return new Set(classes.filter((c) => !isWhole(c, budget.windowDays)).flatMap((c) => c.metrics.map(({ id }) => id)));
}
