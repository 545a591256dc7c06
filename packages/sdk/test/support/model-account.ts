import { ledgerIn } from './installation.js';
import type { Promised } from './promises.js';

/** Looks at the ledger whenever something has happened. */
export interface Account {
  /** @param perWindow - what the person agreed to last, in millionths */
  check(perWindow: number): readonly string[];
}

/** The ledger never goes back, and what it spends fits what the person agreed to last. */
export function account(texts: ReadonlyMap<string, string>, windowDays: Promised['windowDays']): Account {
  let before = { spent: 0, worst: 0 };
  return {
    check(perWindow) {
      const { spent, charges } = ledgerIn(texts);
      // A ledger that has not spent more has no more in any window.
      const worst = spent > before.spent ? worstWindow(charges, windowDays) : before.worst;
      const faults = [
        ...(spent < before.spent ? [`ledger went back from ${before.spent} to ${spent}`] : []),
        ...(spent > before.spent && worst > Math.max(perWindow, before.worst)
          ? [`agreed to ${perWindow}, charged ${worst}`]
          : []),
      ];
      before = { spent, worst };
      return faults;
    },
  };
}

/** The most that is charged in any budget window: of each metric the larger of what was read and what was sent in it. */
function worstWindow(charges: ReturnType<typeof ledgerIn>['charges'], windowDays: number): number {
  const planned = charges.map(([day, metric, micro, period = 1]) => {
    const table = [micro].flat();
    return { metric, table, days: table.map((_, report) => day + report * period) };
  });
  const metrics = new Set(planned.map(({ metric }) => metric));
  const sumUntil = (end: number): number => {
    const isInside = (day = 0): boolean => day <= end && day > end - windowDays;
    return [...metrics].reduce((sum, id) => {
      const own = planned.filter(({ metric }) => metric === id);
      const read = own.map(({ days, table }) => (isInside(days[0]) ? (table.at(-1) ?? 0) : 0));
      const sent = own.map(({ days, table }) => table[days.filter(isInside).length - 1] ?? 0);
      return sum + Math.max(read.reduce(plus, 0), sent.reduce(plus, 0));
    }, 0);
  };
  const ends = new Set(planned.flatMap(({ days }) => days));
  return Math.max(0, ...[...ends].map(sumUntil));
}

const plus = (a: number, b: number): number => a + b;
