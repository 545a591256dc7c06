import { codeOf, ensure, hex } from '../support/ensure.js';
import { seededSource } from '../support/seeded.js';
import type { Case, Value } from './case.js';

/** Every report has its own bytes, of the stated length, and decodes to itself, keeping no hold of the bytes. */
export function checkRoundTrip({ client, aggregator, channel, params }: Case): void {
  const seen = new Set<string>();
  for (const report of channel.reports(params)) {
    const bytes = client.encode(params, report).slice();
    const text = hex(bytes);
    ensure(bytes.length === params.reportBytes, 'a report has another length than reportBytes');
    ensure(!seen.has(text), 'two reports have the same bytes');
    seen.add(text);
    const decoded = aggregator.decode(params, bytes);
    bytes.fill(0xaa);
    ensure(hex(client.encode(params, decoded)) === text, 'a report differs after encoding and decoding');
    const direct = aggregator.empty(params);
    const wired = aggregator.empty(params);
    aggregator.accumulate(params, direct, report);
    aggregator.accumulate(params, wired, decoded);
    ensure(direct.counts.join() === wired.counts.join(), 'a decoded report counts differently');
  }
}

/**
 * Of all byte strings of the right length exactly the reports decode, so no padding bit and no symbol out of range
 * passes; every other string, and every other length, is `report-malformed`.
 */
export function checkMalformed({ client, aggregator, channel, params }: Case): void {
  ensure(params.reportBytes <= 2, 'small domains have small reports');
  let accepted = 0;
  for (let all = 0; all < 256 ** params.reportBytes; all++) {
    const bytes = Uint8Array.from({ length: params.reportBytes }, (_, i) => (all >> (8 * i)) & 255);
    const outcome = codeOf(() => {
      ensure(hex(client.encode(params, aggregator.decode(params, bytes))) === hex(bytes), 'decodes to other bytes');
    });
    ensure(outcome === 'returned' || outcome === 'report-malformed', `bytes: ${outcome}`);
    if (outcome === 'returned') accepted++;
  }
  ensure(accepted === [...channel.reports(params)].length, 'bytes that are no report are accepted, or reports refused');
  for (const length of [0, params.reportBytes - 1, params.reportBytes + 1, 1000]) {
    const code = codeOf(() => aggregator.decode(params, new Uint8Array(length)));
    ensure(length === params.reportBytes || code === 'report-malformed', `a report of ${length} bytes: ${code}`);
  }
}

/** Where there is much to say: random bytes decode or are refused, never crash; a real report counts as it was sent. */
export function checkLarge({ client, aggregator, params, values }: Case): void {
  const source = seededSource('large');
  const counted = (report: unknown) => {
    const state = aggregator.empty(params);
    aggregator.accumulate(params, state, report);
    return state.counts;
  };
  for (let i = 0; i < 6; i++) {
    const noise = Uint8Array.from({ length: params.reportBytes }, () => source.next() & 255);
    const outcome = codeOf(() => counted(aggregator.decode(params, noise)));
    ensure(outcome === 'returned' || outcome === 'report-malformed', `random bytes: ${outcome}`);
    const value = i % 2 === 0 ? values.length - 1 : source.next() % values.length;
    const report = client.randomize(params, values[value] as Value, source);
    const bytes = client.encode(params, report);
    ensure(bytes.length === params.reportBytes, 'a report has another length than reportBytes');
    const received = counted(aggregator.decode(params, bytes));
    ensure(
      counted(report).every((count, j) => count === received[j]),
      'a report counts differently after its bytes',
    );
  }
}
