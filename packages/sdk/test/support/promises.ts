import type { Registry } from '@dither/protocol';
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
  return [...secondReports(reports), ...overspent(reports, registries, promised, spent), ...changedBytes(messages)];
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

function overspent(
  reports: readonly Report[],
  registries: readonly Registry[],
  { perWindow, windowDays, lifetime }: Promised,
  spent: number,
): readonly string[] {
  const charges = reports.map(({ metric, window, microEpsilon }) => {
    const period = registries.find((registry) => registry.metrics[metric])?.metrics[metric]?.period ?? 0;
    return { day: window + period - 1, microEpsilon };
  });
  const sum = (some: typeof charges): number => some.reduce((total, charge) => total + charge.microEpsilon, 0);
  const worst = Math.max(
    0,
    ...charges.map(({ day: end }) => sum(charges.filter(({ day }) => day <= end && day > end - windowDays))),
  );
  const total = sum(charges);
  return [
    ...(worst > perWindow ? [`budget window: ${worst} of ${perWindow}`] : []),
    ...(total > lifetime ? [`lifetime: ${total} of ${lifetime}`] : []),
    ...(total > spent ? [`ledger: says ${spent}, was ${total}`] : []),
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
