import { MICRO } from '@dither/mechanisms';
import { type Metric, periodStart, type Registry } from '@dither/protocol';

/**
 * The account of one installation, as a device keeps it: a charge is dated by the last day of the period it was spent on, an
 * epoch of a latched metric is charged whole at its first report, what would exceed the window or the lifetime is refused.
 */

/** An installation that runs every day, from day 0 on, on which budget windows and epochs begin. */
export interface LedgerOptions {
  readonly registry: Pick<Registry, 'wire' | 'bound'>;
  /** Days looked at, 1 or more. */
  readonly days: number;
  /** Metrics drawn for the budget window that begins on a day. */
  readonly drawn: (window: number) => ReadonlySet<string>;
}

/** The account at the end of a day on which something was charged. */
export interface LedgerDay {
  readonly day: number;
  /** Epsilon spent since day 0, and in the budget window that ends here. */
  readonly spent: number;
  readonly inWindow: number;
  /** Epsilon charged on this day, by metric. */
  readonly charged: Readonly<Record<string, number>>;
}

export interface LedgerMetric {
  readonly id: string;
  readonly period: number;
  readonly reports: number;
  readonly spent: number;
  /** Day from which on whatever it would report is refused, within these days. */
  readonly silentFrom: number | null;
}

export interface YearOfLedger {
  readonly days: readonly LedgerDay[];
  readonly metrics: readonly LedgerMetric[];
  readonly spent: number;
  /** The most in any budget window. */
  readonly mostInWindow: number;
  /** Day of the first charge that was refused. */
  readonly firstRefusal: number | null;
  /** Day from which on nothing is reported of any metric, within these days. */
  readonly silentFrom: number | null;
}

/** What the ledger knows of a metric. */
interface Account {
  readonly metric: Metric;
  spent: number;
  reports: number;
  /** Day of the first refusal since it was last reported. */
  refusedFrom: number | null;
  /** Whether the epoch that goes on was paid for. */
  isPaid: boolean;
  /** Of a latched metric the epochs that a budget window can still hold. */
  epochs: readonly Epoch[];
}

interface Epoch {
  /** Day of the first report. */
  readonly first: number;
  /** What 1, 2, .. reports of it cost, in millionths. */
  readonly table: readonly number[];
}

export function yearOfLedger({ registry, days, drawn }: LedgerOptions): YearOfLedger {
  const { windowDays, perWindow, lifetime } = registry.bound;
  const [windowCap, lifetimeCap] = [cap(perWindow), cap(lifetime)];
  const accounts = registry.wire.map(
    (metric): Account => ({ metric, spent: 0, reports: 0, refusedFrom: null, isPaid: false, epochs: [] }),
  );
  const latched = accounts.filter(({ metric }) => isLatched(metric));
  /** Entry d + 1: millionths of fresh charges up to day d. */
  const fresh = new Float64Array(days + 1);
  const found: LedgerDay[] = [];
  let spent = 0;
  let mostInWindow = 0;
  let firstRefusal: number | null = null;
  let silentFrom: number | null = null;
  let lastReport = -1;

  const inWindow = (end: number, today: number): number => {
    const freshly = (fresh[Math.min(end, today) + 1] as number) - (fresh[Math.max(0, end - windowDays + 1)] as number);
    return latched.reduce((sum, { metric, epochs }) => sum + epochSum(epochs, metric.period, end, windowDays), freshly);
  };

  /** Whether no budget window that holds what was charged today exceeds the cap. */
  const fits = (today: number): boolean => {
    // Without latched metrics nothing falls due later: the window that ends today is the fullest.
    const last = latched.length === 0 ? today : today + windowDays - 1;
    for (let end = today; end <= last; end++) if (inWindow(end, today) > windowCap) return false;
    return true;
  };

  const charge = (account: Account, today: number, table: readonly number[]): boolean => {
    const micro = table.at(-1) as number;
    if (spent + micro > lifetimeCap) return false;
    const { epochs } = account;
    const isFresh = !isLatched(account.metric);
    if (isFresh) fresh[today + 1] = (fresh[today + 1] as number) + micro;
    else
      account.epochs = [
        ...epochs.filter((epoch) => lastDay(epoch, account.metric.period) > today - windowDays),
        { first: today, table },
      ];
    if (!fits(today)) {
      if (isFresh) fresh[today + 1] = (fresh[today + 1] as number) - micro;
      else account.epochs = epochs;
      return false;
    }
    spent += micro;
    account.spent += micro;
    return true;
  };

  const cheapest = Math.min(...registry.wire.map(({ microEpoch }) => microEpoch.at(-1) as number));
  /** Whether nothing is reported any more, and every metric that ever was has been refused. */
  const isOver = (): boolean =>
    silentFrom !== null &&
    spent + cheapest > lifetimeCap &&
    latched.every(({ isPaid }) => !isPaid) &&
    accounts.every(({ reports, refusedFrom }) => reports === 0 || refusedFrom !== null);

  for (let today = 0; today < days && !isOver(); today++) {
    fresh[today + 1] = fresh[today] as number;
    const charged: Record<string, number> = {};
    for (const account of accounts) {
      const { id, period, epoch, microEpoch } = account.metric;
      const start = today + 1 - period;
      if (start % period !== 0 || start < 0 || !drawn(periodStart(start, windowDays)).has(id)) continue;
      const isNew = start % epoch === 0;
      if (isNew) {
        account.isPaid = charge(account, today, microEpoch);
        if (account.isPaid) charged[id] = (microEpoch.at(-1) as number) / MICRO;
      }
      if (account.isPaid) {
        account.reports++;
        account.refusedFrom = null;
        silentFrom = null;
        lastReport = today;
      } else {
        account.refusedFrom ??= today;
        if (lastReport < today) silentFrom ??= today;
        firstRefusal ??= today;
      }
    }
    if (Object.keys(charged).length === 0) continue;
    const sum = inWindow(today, today) / MICRO;
    mostInWindow = Math.max(mostInWindow, sum);
    found.push({ day: today, spent: spent / MICRO, inWindow: sum, charged });
  }

  return {
    days: found,
    metrics: accounts.map(({ metric, reports, spent: own, refusedFrom }) => ({
      id: metric.id,
      period: metric.period,
      reports,
      spent: own / MICRO,
      silentFrom: refusedFrom,
    })),
    spent: spent / MICRO,
    mostInWindow,
    firstRefusal,
    silentFrom,
  };
}

/** Millionths, but for the error of the product alone. */
function cap(epsilon: number): number {
  return epsilon * MICRO + 0.001;
}

function isLatched({ microEpoch }: Metric): boolean {
  return microEpoch.length > 1;
}

function lastDay({ first, table }: Epoch, period: number): number {
  return first + (table.length - 1) * period;
}

/**
 * What a latched metric counts for in the budget window that ends on day `end`: the larger of what was read in it, which is all of
 * an epoch whose first report lies in it, and what was sent in it.
 */
function epochSum(epochs: readonly Epoch[], period: number, end: number, windowDays: number): number {
  const isInside = (day: number) => day <= end && day > end - windowDays;
  let read = 0;
  let sent = 0;
  for (const { first, table } of epochs) {
    if (isInside(first)) read += table.at(-1) as number;
    sent += table[table.filter((_, report) => isInside(first + report * period)).length - 1] ?? 0;
  }
  return Math.max(read, sent);
}
