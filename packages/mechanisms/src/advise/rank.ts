import type { Advice, Explained } from './situation.js';

/** A report is worth more bytes only if it brings the standard error down by more than this part. */
const NOTICEABLE = 0.01;

/**
 * Best first. The standard error decides; of those within 1% of the least, the fewest bytes, then the fewest counters, then
 * the error. What takes more bytes than allowed comes last.
 */
export function rank(candidates: readonly Explained[], maxBytes = Number.POSITIVE_INFINITY): Advice[] {
  const affordable = candidates.filter(({ reportBytes }) => reportBytes <= maxBytes);
  const least = Math.min(...affordable.map(({ standardError }) => standardError));
  const isBest = ({ standardError }: Explained) => standardError <= (1 + NOTICEABLE) * least;
  const best = affordable
    .filter(isBest)
    .sort((a, b) => a.reportBytes - b.reportBytes || a.counters - b.counters || a.standardError - b.standardError);
  const others = affordable.filter((one) => !isBest(one)).sort(byError);
  const dear = candidates.filter(({ reportBytes }) => reportBytes > maxBytes).sort(byError);
  const [first] = best;
  if (first === undefined) return dear.map((one) => tell(one, false, overBudget(one, maxBytes)));
  return [
    ...best.map((one) =>
      tell(one, true, one === first ? whyFirst(first, best, affordable.length) : whyNotFirst(one, first)),
    ),
    ...others.map((one) => tell(one, true, whyWorse(one, first, least))),
    ...dear.map((one) => tell(one, false, overBudget(one, maxBytes))),
  ];
}

function byError(a: Explained, b: Explained): number {
  return a.standardError - b.standardError || a.reportBytes - b.reportBytes || a.counters - b.counters;
}

function tell({ cause: _, ...candidate }: Explained, isAffordable: boolean, reason: string): Advice {
  return { ...candidate, isAffordable, reason };
}

function whyFirst(first: Explained, best: readonly Explained[], affordable: number): string {
  if (affordable === 1) return 'the only one';
  if (best.every(({ standardError }) => standardError >= first.standardError)) return 'the least error';
  const isShortest = best.every((one) => one === first || one.reportBytes > first.reportBytes);
  return `within ${100 * NOTICEABLE}% of the least error, in the fewest ${isShortest ? 'bytes' : 'bytes and counters'}`;
}

function whyNotFirst(one: Explained, first: Explained): string {
  if (one.reportBytes > first.reportBytes) return `no noticeable gain for ${bytes(one)}`;
  if (one.counters > first.counters) return 'no noticeable gain for more counters';
  return 'no noticeable gain';
}

function whyWorse(one: Explained, first: Explained, least: number): string {
  const times = `${(one.standardError / least).toFixed(2)} times the least error`;
  const cause = one.cause();
  if (cause !== undefined) return `${times}: ${cause}`;
  if (one.reportBytes < first.reportBytes) return `${times}, for ${bytes(one)} in place of ${first.reportBytes}`;
  return `${times}, in ${one.reportBytes === first.reportBytes ? 'as many bytes' : bytes(one)}`;
}

function overBudget(one: Explained, maxBytes: number): string {
  return `its report takes ${bytes(one)}, above the ${maxBytes} allowed`;
}

function bytes({ reportBytes }: Explained): string {
  return `${reportBytes} byte${reportBytes === 1 ? '' : 's'}`;
}
