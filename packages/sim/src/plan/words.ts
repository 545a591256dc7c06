import { significant } from '../format.js';
import type { About } from './attempt.js';
import type { Task } from './task.js';

/** `19 times of 20`, or as many of 10, 100 or 1000, or a percentage. */
function oddsText(chance: number): string {
  const of = [10, 20, 100, 1000].find((n) => Math.abs(chance * n - Math.round(chance * n)) < 1e-9);
  return of === undefined ? `in ${significant(100 * chance)}% of cases` : `${Math.round(chance * of)} times of ${of}`;
}

/** An accuracy in the unit that people use: points of a share, the share that is seen, or the metric's unit. */
export function accuracyText({ kind, asked, subject }: Task, accuracy: number): string {
  if (kind === 'see') return `${significant(100 * accuracy)}%`;
  if (asked.of === 'share') {
    const points = significant(100 * accuracy);
    return `${points} ${points === '1' ? 'point' : 'points'}`;
  }
  const { unit } = subject.metric.domain;
  return `${significant(accuracy)}${unit === undefined ? '' : ` ${unit}`}`;
}

/** What comes true at this accuracy, as the end of a sentence: "... is enough to ...". */
export function purposeText(task: Task, accuracy: number): string {
  const how = accuracyText(task, accuracy);
  const often = oddsText(task.chance);
  if (task.kind === 'within') return `know ${task.label} within ${how}, ${often}`;
  const what = task.question === 'texts' ? 'a text' : 'anything';
  return `see ${what} that ${how} of installations report, ${often}`;
}

/** The quantity that was looked at, and what is true of it. */
export function aboutText({ label, truth }: About, isShare: boolean, unit: string | null): string {
  return `${label}, in truth ${isShare ? `${significant(100 * truth)}%` : `${significant(truth)}${unit === null ? '' : ` ${unit}`}`}`;
}

/** What is promised, precisely. */
export function promiseText(task: Task): string {
  const chance = significant(task.chance);
  if (task.kind === 'within') {
    const told = task.question === 'quantiles' ? ', with an interval of at most half the range' : '';
    return `P[|estimate - truth| <= accuracy] is at least ${chance}, for ${task.any === undefined ? task.label : 'each share on its own'} of this population${told}`;
  }
  return task.question === 'texts'
    ? `a text of this share is detected with probability ${chance} or more, in a list that holds any false text with probability .05 at most`
    : `the 95% interval of a value of this share excludes zero with probability ${chance} or more`;
}
