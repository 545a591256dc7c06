import type { Registry } from '@dither/protocol';
import { readTraced } from './latched.js';
import { type Message, type Report, reportsIn } from './receiver.js';

/** What was promised to the person, in millionths of epsilon. */
export interface Promised {
  readonly perWindow: number;
  readonly windowDays: number;
  readonly lifetime: number;
}

export function promisedBy({ bound }: Pick<Registry, 'bound'>): Promised {
  const { perWindow, windowDays, lifetime } = bound;
  return { perWindow: Math.round(perWindow * 1e6), windowDays, lifetime: Math.round(lifetime * 1e6) };
}

/**
 * What messages, all those an installation ever sent, broke of the promises; empty if nothing.
 * @param registries - every version of the app that sent
 * @param spent - what the ledger says, in millionths
 */
export function broken(
  messages: readonly Message[],
  registries: readonly Registry[],
  promised: Promised,
  spent: number,
): readonly string[] {
  const reports = reportsIn(messages, ...registries);
  return [
    ...secondReports(reports),
    ...secondAnswers(reports),
    ...overspent(reports, promised, spent),
    ...changedBytes(messages),
  ];
}

function secondReports(reports: readonly Report[]): readonly string[] {
  const seen = new Set<string>();
  return reports.flatMap(({ metric, window }) => {
    const key = `${metric}@${window}`;
    const isSecond = seen.has(key);
    seen.add(key);
    return isSecond ? [`second report: ${key}`] : [];
  });
}

function epochOf({ window, declared }: Report): { readonly first: number; readonly until: number } {
  const first = Math.floor(window / declared.epoch) * declared.epoch;
  return { first, until: first + declared.epoch };
}

/** Permanent answers of one metric whose epochs share a day. The latched metrics of the tests are all `traced`. */
function secondAnswers(reports: readonly Report[]): readonly string[] {
  const answers = reports
    .filter(({ declared }) => declared.latch !== undefined)
    .map((report) => ({ metric: report.metric, ...epochOf(report), serial: readTraced(report.bytes).serial }));
  return answers.flatMap((one, i) =>
    answers
      .slice(0, i)
      .some(
        (other) =>
          other.metric === one.metric &&
          other.serial !== one.serial &&
          other.first < one.until &&
          one.first < other.until,
      )
      ? [`second answer: ${one.metric}@${one.first}`]
      : [],
  );
}

/** Exactly what those reports cost together: of each epoch of a latched metric by its table. */
function costOf(reports: readonly Report[]): number {
  const epochs = new Map<string, { count: number; readonly table: readonly number[] }>();
  for (const report of reports) {
    const { fingerprint, microEpoch } = report.declared;
    const key = `${fingerprint}@${epochOf(report).first}`;
    const epoch = epochs.get(key) ?? { count: 0, table: microEpoch };
    epoch.count++;
    epochs.set(key, epoch);
  }
  // A second report of one period, should there be any, is one more than the table knows: it begins again.
  return [...epochs.values()].reduce((sum, { count, table }) => {
    const [times, rest] = [Math.floor(count / table.length), count % table.length];
    return sum + times * (table.at(-1) as number) + (table[rest - 1] ?? 0);
  }, 0);
}

function overspent(
  reports: readonly Report[],
  { perWindow, windowDays, lifetime }: Promised,
  spent: number,
): readonly string[] {
  const dated = reports.map((report) => ({ day: report.window + report.declared.period - 1, report }));
  const costOfWindow = (end: number): number =>
    costOf(dated.filter(({ day }) => day <= end && day > end - windowDays).map(({ report }) => report));
  const worst = Math.max(0, ...dated.map(({ day }) => costOfWindow(day)));
  const total = costOf(reports);
  return [
    ...(worst <= perWindow ? [] : [`budget window: ${worst} of ${perWindow}`]),
    ...(total <= lifetime ? [] : [`lifetime: ${total} of ${lifetime}`]),
    ...(total <= spent ? [] : [`ledger: says ${spent}, was ${total}`]),
  ];
}

function changedBytes(messages: readonly Message[]): readonly string[] {
  const first = new Map<string, string>();
  return messages.flatMap(({ batch, bytes }) => {
    const text = String(bytes);
    const isChanged = (first.get(batch) ?? text) !== text;
    first.set(batch, first.get(batch) ?? text);
    return isChanged ? [`changed bytes: ${batch}`] : [];
  });
}
