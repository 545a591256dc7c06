import fc from 'fast-check';

/** What can happen to an installation. `tab` is 0 for the older version of the app, 1 for the newer. */
export type Action =
  | { readonly type: 'event'; readonly tab: number; readonly metric: string }
  | {
      readonly type: 'note' | 'flush' | 'hide' | 'restart' | 'kill' | 'withdraw' | 'grant';
      readonly tab: number;
    }
  /** Dies before a write or a message `after` from now on. */
  | { readonly type: 'crash'; readonly tab: number; readonly after: number }
  | { readonly type: 'pass' | 'jump'; readonly hours: number }
  /** The disk fails: `times` writes, `after` some that pass. */
  | { readonly type: 'fail'; readonly after: number; readonly times: number }
  /** It fails for so long. */
  | { readonly type: 'break'; readonly hours: number }
  /** The disk takes so many bytes more than it holds beside the open periods, or any number. */
  | { readonly type: 'quota'; readonly room: number }
  | { readonly type: 'network'; readonly answers: Answers }
  /** The public document names a metric. */
  | { readonly type: 'switch off'; readonly metric: string; readonly days: number };

/** `none`: nothing arrives. `lost`: it does, but no answer comes back. */
export type Answers = 'receipts' | 'none' | 'lost' | 'busy';

const METRICS = ['crash', 'clicks', 'extra', 'homepage', 'search'] as const;

const tab = fc.constantFrom(0, 1);
const metric = fc.constantFrom(...METRICS);
const type = <T extends string>(...types: readonly T[]) => fc.constantFrom(...types);
const hoursOf = (...hours: readonly number[]) => fc.constantFrom(...hours);

export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: type('event'), tab, metric }) },
    { weight: 6, arbitrary: fc.record({ type: type('note', 'flush', 'hide', 'restart', 'kill'), tab }) },
    { weight: 2, arbitrary: fc.record({ type: type('withdraw', 'grant', 'grant', 'grant'), tab }) },
    { weight: 8, arbitrary: fc.record({ type: type('pass'), hours: hoursOf(1, 7, 24, 26, 72) }) },
    { weight: 1, arbitrary: fc.record({ type: type('jump'), hours: hoursOf(-400, -30, 25, 200, 900) }) },
    { weight: 3, arbitrary: fc.record({ type: type('crash'), tab, after: fc.nat(12) }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: type('fail'), after: fc.nat(6), times: fc.integer({ min: 1, max: 8 }) }),
    },
    { weight: 1, arbitrary: fc.record({ type: type('break'), hours: hoursOf(2, 10, 30) }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: type('quota'), room: fc.constantFrom(0, 1000, 1500, 2000, 3000, Infinity) }),
    },
    { weight: 2, arbitrary: fc.record({ type: type('network'), answers: type('receipts', 'none', 'lost', 'busy') }) },
    { weight: 1, arbitrary: fc.record({ type: type('switch off'), metric, days: fc.constantFrom(0, 2, 9) }) },
  ) as fc.Arbitrary<Action>,
  { minLength: 20, maxLength: 60 },
);
