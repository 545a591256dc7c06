import type { Metric } from '@dither/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ledger, parseLedger } from '../../src/budget-ledger.js';
import { texts } from '../support/latched.js';
import { debit, EMPTY_LEDGER, giveUp, spentInWindow, withoutDraw } from '../support/ledger.js';

const { homepage, search, signature } = texts.metrics as unknown as Readonly<Record<string, Metric>> & {
  readonly homepage: Metric;
  readonly search: Metric;
  readonly signature: Metric;
};
const WINDOW = 28;
const plenty = { perWindow: 1e6, windowDays: WINDOW, lifetime: 1e6, charges: {} };

/** Days on which an epoch, or a fresh metric, is paid to report, and what any number of these reports cost. */
interface Plan {
  readonly id: string;
  readonly days: readonly number[];
  readonly table: readonly number[];
}

/** The worst rolling window, counted day by day: of each metric the larger of what is read and what is sent in it. */
function worstOf(plans: readonly Plan[]): number {
  const days = plans.flatMap((plan) => plan.days);
  const ids = new Set(plans.map(({ id }) => id));
  let worst = 0;
  for (let end = Math.min(...days); end <= Math.max(...days); end++) {
    const isInside = (day: number | undefined): boolean => day !== undefined && day > end - WINDOW && day <= end;
    let sum = 0;
    for (const id of ids) {
      const own = plans.filter((plan) => plan.id === id);
      const read = own
        .filter((plan) => isInside(plan.days[0]))
        .reduce((total, plan) => total + (plan.table[plan.days.length - 1] as number), 0);
      const sent = own.reduce((total, plan) => total + (plan.table[plan.days.filter(isInside).length - 1] ?? 0), 0);
      sum += Math.max(read, sent);
    }
    worst = Math.max(worst, sum);
  }
  return worst;
}

/** What is planned once the period that starts on day `start` was debited. */
function planOf(metric: Metric, start: number): Plan {
  const end = Math.floor(start / metric.epoch) * metric.epoch + metric.epoch;
  const days = [];
  for (let day = start; day < end; day += metric.period) days.push(day + metric.period - 1);
  return { id: metric.id, days, table: metric.microEpoch };
}

const histories = fc.record({
  perWindow: fc.constantFrom(0.5, 1, 1.7, 2.5, 4),
  visits: fc.array(
    fc.record({
      after: fc.constantFrom(0, 1, 1, 1, 2, 5, 9, 30),
      late: fc.constantFrom(0, 0, 0, 1, 9, 27),
      metric: fc.constantFrom(homepage, search, signature),
    }),
    { minLength: 10, maxLength: 80 },
  ),
});

describe('a ledger with latched metrics', () => {
  it('refuses what would pass the budget in some rolling window, and nothing else', () => {
    let refusals = 0;
    let epochs = 0;
    fc.assert(
      fc.property(histories, ({ perWindow, visits }) => {
        let ledger: Ledger = { ...EMPTY_LEDGER, highWater: 1000 };
        let plans: readonly Plan[] = [];
        const decided = new Set<string>();
        let drawn = 0;
        for (const { after, late, metric } of visits) {
          ledger = { ...ledger, highWater: ledger.highWater + after };
          const start = Math.floor((ledger.highWater - late) / metric.period) * metric.period - metric.period;
          if (start <= (ledger.metrics[metric.id]?.closed ?? -1)) continue;
          const key = `${metric.id}@${Math.floor(start / metric.epoch)}`;
          // What was not latched before a later epoch's draw was made is silent.
          const isLate = metric.latch !== undefined && Math.floor(start / metric.epoch) < drawn;
          const more = decided.has(key) || isLate ? plans : [...plans, planOf(metric, start)];
          const isTooMuch = worstOf(more) > perWindow * 1e6;
          const debited = debit(ledger, metric, start, { ...plenty, perWindow });
          expect('refused' in debited).toBe(isTooMuch);
          ledger = parseLedger(JSON.stringify(debited.ledger));
          // Refused or not, an epoch is decided once.
          if (metric.latch !== undefined) decided.add(key);
          if (isTooMuch) refusals++;
          else {
            if (metric.latch !== undefined && more !== plans) drawn = Math.floor(start / metric.epoch);
            plans = more;
          }
          expect(ledger.spent).toBe(
            plans.reduce((sum, { days, table }) => sum + (table[days.length - 1] as number), 0),
          );
        }
        epochs += decided.size;
      }),
      { seed: 2026, numRuns: 300 },
    );
    expect(refusals).toBeGreaterThan(300);
    expect(epochs).toBeGreaterThan(500);
  });

  it('shows of an epoch all while its first report lies in the window that ends today, then what of the others does', () => {
    const { ledger } = debit({ ...EMPTY_LEDGER, highWater: 1 }, homepage, 0, plenty);
    const inWindow = Array.from({ length: 45 }, (_, highWater) => spentInWindow({ ...ledger, highWater }, WINDOW).all);
    const table = homepage.microEpoch;
    expect(inWindow.slice(0, 28)).toEqual(Array(28).fill(table[13]));
    expect(inWindow.slice(28)).toEqual([...table.slice(0, 13).reverse(), 0, 0, 0, 0]);
  });

  it('keeps a charge until the last of its reports can share no window with a period still to be closed', () => {
    const { ledger } = debit({ ...EMPTY_LEDGER, highWater: 1 }, homepage, 0, plenty);
    // Its last report is of day 13. The oldest period closed on day 406 ended on day 377, and the longest window that
    // charges are kept for began on day 14.
    const charged = (today: number, windowDays: number) =>
      debit({ ...ledger, highWater: today }, signature, today - 1, { ...plenty, windowDays }).ledger;
    expect(charged(405, WINDOW).charges.map(([, id]) => id)).toEqual(['homepage', 'signature']);
    expect(charged(406, WINDOW).charges.map(([, id]) => id)).toEqual(['signature']);
    expect(charged(433, 392).charges.map(([, id]) => id)).toEqual(['homepage', 'signature']);
    expect(charged(434, 392).charges.map(([, id]) => id)).toEqual(['signature']);
  });

  it('reads what versions before it wrote', () => {
    const text =
      '{"version":1,"highWater":20460,"spent":500000,"charges":[[20450,"crash",250000],[20451,"crash",250000]],' +
      '"metrics":{"crash":{"closed":20451,"spent":500000}},"draw":{"window":-1,"metrics":[]}}';
    const ledger = parseLedger(text);
    expect(spentInWindow(ledger, WINDOW)).toEqual({ all: 500_000, byMetric: { crash: 500_000 } });
    expect(JSON.stringify(ledger)).toBe(text);
  });

  it.each([
    { charges: [[1, 'homepage', [1, -2], 1]] },
    { charges: [[1, 'homepage', [1, 2], 0.5]] },
    { charges: [[1, 'homepage', ['1'], 1]] },
    { metrics: { homepage: { closed: 1, spent: 1, latchedUntil: -1 } } },
    { metrics: { homepage: { closed: 1, spent: 1, latchedUntil: null } } },
    { drawn: { first: 0, until: '14' } },
    { drawn: { first: -1, until: 14 } },
  ])('is refused where an amount is none: %j', (part) => {
    expect(() => parseLedger(JSON.stringify({ ...EMPTY_LEDGER, ...part }))).toThrow('not a ledger');
  });

  it('silences an epoch that was paid for under a budget the person has since lowered', () => {
    const paid = debit({ ...EMPTY_LEDGER, highWater: 1 }, homepage, 0, plenty).ledger;
    const enough = { ...plenty, perWindow: (homepage.microEpoch[13] as number) / 1e6 };
    expect(debit({ ...paid, highWater: 2 }, homepage, 1, enough)).not.toHaveProperty('refused');
    const less = { ...plenty, perWindow: 0.5 };
    expect(debit({ ...paid, highWater: 2 }, homepage, 1, less)).toMatchObject({ refused: 'budget-exhausted' });
  });

  it('never latches twice what overlaps: another length of the epoch waits until its own next one', () => {
    const longer: Metric = { ...homepage, epoch: 28, microEpoch: [...homepage.microEpoch, ...homepage.microEpoch] };
    const paid = debit({ ...EMPTY_LEDGER, highWater: 1 }, homepage, 0, plenty).ledger;
    for (const start of [1, 13, 14, 27]) {
      expect(debit({ ...paid, highWater: start + 1 }, longer, start, plenty).ledger.spent).toBe(paid.spent);
    }
    const next = debit({ ...paid, highWater: 29 }, longer, 28, plenty).ledger;
    expect(next.metrics['homepage']?.latchedUntil).toBe(56);
    // And back: shorter epochs within one that was paid.
    for (const start of [28, 42, 55]) {
      expect(debit({ ...next, highWater: start + 1 }, homepage, start, plenty).ledger.spent).toBe(next.spent);
    }
  });

  it('that refuses an epoch refuses all of it: no later start at a smaller charge', () => {
    const [first, , third] = homepage.microEpoch as readonly [number, number, number];
    for (const cap of [{ perWindow: third / 1e6 }, { lifetime: third / 1e6 }]) {
      let ledger: Ledger = EMPTY_LEDGER;
      for (let start = 0; start < 14; start++) {
        const agreement = { ...plenty, ...cap };
        const debited = debit({ ...ledger, highWater: start + 1 }, homepage, start, agreement);
        expect('refused' in debited).toBe(start === 0);
        ({ ledger } = debited);
      }
      expect(ledger.spent).toBe(0);
      // Whoever comes when one report is left pays for one.
      const late = debit({ ...EMPTY_LEDGER, highWater: 14 }, homepage, 13, { ...plenty, ...cap });
      expect(late.ledger.spent).toBe(first);
    }
  });

  it('lets no second draw into an epoch: without the stored one, what was not latched is silent until its end', () => {
    const drawn = { first: 0, until: 14 };
    const paid = debit({ ...EMPTY_LEDGER, highWater: 1 }, homepage, 0, plenty).ledger;
    expect(paid.drawn).toEqual(drawn);
    const stored = withoutDraw({ ...paid, highWater: 8 }, drawn);
    expect(debit(stored, search, 0, plenty).ledger.spent).toBeGreaterThan(paid.spent);
    for (const other of [undefined, { first: 0, until: 28 }, { first: -14, until: 14 }]) {
      const lost = withoutDraw({ ...paid, highWater: 8 }, other);
      expect(debit(lost, search, 0, plenty).ledger.spent).toBe(paid.spent);
      // Nor when a draw of that epoch should come back.
      expect(withoutDraw(lost, drawn)).toEqual(lost);
      const next = debit({ ...lost, highWater: 21 }, search, 14, plenty).ledger;
      expect(next.drawn).toEqual({ first: 14, until: 28 });
    }
    // The next epoch's draw takes its place: what is latched late in the one before would need another.
    const moved = debit({ ...paid, highWater: 15 }, homepage, 14, plenty).ledger;
    expect(debit(moved, search, 7, plenty).ledger.spent).toBe(moved.spent);
  });

  it('forgets no epoch when a period is given up, or the metric is reported afresh meanwhile', () => {
    const paid = debit({ ...EMPTY_LEDGER, highWater: 1 }, homepage, 0, plenty).ledger;
    const fresh: Metric = { ...signature, id: 'homepage' };
    const charged = debit({ ...giveUp(paid, homepage, 1), highWater: 3 }, fresh, 2, plenty).ledger;
    expect(charged.spent).toBe(paid.spent + fresh.microEpsilon);
    expect(charged.metrics['homepage']).toMatchObject({ closed: 2, latchedUntil: 14 });
    expect(debit({ ...charged, highWater: 4 }, homepage, 3, plenty).ledger.spent).toBe(charged.spent);
  });
});
