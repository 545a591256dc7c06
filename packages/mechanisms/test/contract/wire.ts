import { codeOf, ensure, hex } from '../support/ensure.js';
import { seededSource } from '../support/seeded.js';
import { type Case, drawOf, keyOf, type Value } from './case.js';

/**
 * Every report has its own bytes, of the stated length, and decodes to itself, keeping no hold of the bytes; under each public
 * draw, where there are any.
 */
export function checkRoundTrip(testCase: Case): void {
  const { client, aggregator, channel, params } = testCase;
  const seen = new Set<string>();
  for (const report of channel.reports(params)) {
    const bytes = client.encode(params, report).slice();
    const draw = drawOf(testCase, report);
    const text = `${draw} ${hex(bytes)}`;
    ensure(bytes.length === params.reportBytes, 'a report has another length than reportBytes');
    ensure(!seen.has(text), 'two reports have the same bytes');
    seen.add(text);
    const into = new Uint8Array(params.reportBytes + 4).fill(0x55);
    ensure(client.encode(params, report, into, 2) === into, "encoding does not return the caller's buffer");
    const framed = `5555${hex(bytes)}5555`;
    ensure(hex(into) === framed, "a report is written otherwise into a caller's buffer");
    const short = codeOf(() => client.encode(params, report, new Uint8Array(params.reportBytes), 1));
    ensure(short === 'option-invalid', `a report beyond the end of the buffer: ${short}`);
    const decoded = aggregator.decode(params, bytes, draw);
    bytes.fill(0xaa);
    ensure(keyOf(testCase, decoded) === keyOf(testCase, report), 'a report differs after encoding and decoding');
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
export function checkMalformed(testCase: Case): void {
  const { client, aggregator, channel, draws, params } = testCase;
  ensure(params.reportBytes <= 2, 'small domains have small reports');
  const perDraw = [...channel.reports(params)].length / draws;
  for (const draw of draws === 1 ? [undefined] : [0, draws - 1]) {
    let accepted = 0;
    for (let all = 0; all < 256 ** params.reportBytes; all++) {
      const bytes = Uint8Array.from({ length: params.reportBytes }, (_, i) => (all >> (8 * i)) & 255);
      const outcome = codeOf(() => {
        const decoded = aggregator.decode(params, bytes, draw);
        ensure(hex(client.encode(params, decoded)) === hex(bytes), 'decodes to other bytes');
      });
      ensure(outcome === 'returned' || outcome === 'report-malformed', `bytes: ${outcome}`);
      if (outcome === 'returned') accepted++;
    }
    ensure(accepted === perDraw, 'bytes that are no report are accepted, or reports refused');
    for (const length of [0, params.reportBytes - 1, params.reportBytes + 1, 1000]) {
      const code = codeOf(() => aggregator.decode(params, new Uint8Array(length), draw));
      ensure(length === params.reportBytes || code === 'report-malformed', `a report of ${length} bytes: ${code}`);
    }
  }
  const report = client.encode(params, channel.reports(params)[Symbol.iterator]().next().value).slice();
  for (const draw of params.draws === undefined ? [] : [undefined, -1, draws, 0.5, Number.NaN]) {
    const code = codeOf(() => aggregator.decode(params, report, draw));
    ensure(code === 'draw-out-of-range', `draw ${draw}: ${code}`);
  }
}

/** Many reports at once count as each by itself; of bytes that hold a bad one, or part of one, none counts. */
export function checkAll({ client, mechanism, aggregator, draws, params, values }: Case): void {
  const source = seededSource(`all/${mechanism.id}`);
  const { reportBytes } = params;
  const reports = 300;
  const bytes = new Uint8Array(reports * reportBytes);
  const drawn = new Int32Array(reports);
  const each = aggregator.empty(params);
  for (let i = 0; i < reports; i++) {
    const value = values[i % values.length] as Value;
    drawn[i] = source.next() % draws;
    const direct = mechanism.client as unknown as typeof client;
    const report =
      draws === 1 ? client.randomize(params, value, source) : direct.randomize(params, value, source, drawn[i]);
    client.encode(params, report, bytes, i * reportBytes);
    aggregator.accumulate(params, each, report);
  }
  const all = aggregator.empty(params);
  aggregator.accumulateAll(params, all, bytes, drawn);
  aggregator.accumulateAll(params, all, new Uint8Array(), []);
  ensure(all.n === each.n && all.counts.join() === each.counts.join(), 'many reports count otherwise than each');
  const before = all.counts.join();
  const isAnyBytes = codeOf(() => aggregator.decode(params, new Uint8Array(reportBytes).fill(255), 0)) === 'returned';
  const bad = bytes.slice();
  bad.fill(255, 150 * reportBytes, 151 * reportBytes);
  for (const broken of [...(isAnyBytes ? [] : [bad]), ...(reportBytes > 1 ? [bytes.subarray(1)] : [])]) {
    const code = codeOf(() => aggregator.accumulateAll(params, all, broken, drawn));
    ensure(code === 'report-malformed', `bytes with a bad report: ${code}`);
    ensure(all.n === reports && all.counts.join() === before, 'bytes with a bad report count in part');
  }
  if (params.draws === undefined) return;
  for (const other of [undefined, drawn.map(() => draws), drawn.subarray(1)]) {
    const code = codeOf(() => aggregator.accumulateAll(params, all, bytes, other));
    ensure(code === 'draw-out-of-range', `reports without a draw each: ${code}`);
    ensure(all.n === reports && all.counts.join() === before, 'reports without a draw count in part');
  }
}

/** Where there is much to say: random bytes decode or are refused, never crash; a real report counts as it was sent. */
export function checkLarge({ mechanism, client, aggregator, draws, params, values }: Case): void {
  const source = seededSource('large');
  const direct = draws === 1 ? client : (mechanism.client as unknown as typeof client);
  const counted = (report: unknown) => {
    const state = aggregator.empty(params);
    aggregator.accumulate(params, state, report);
    return state.counts;
  };
  for (let i = 0; i < 6; i++) {
    const noise = Uint8Array.from({ length: params.reportBytes }, () => source.next() & 255);
    const draw = draws === 1 ? undefined : source.next() % draws;
    const outcome = codeOf(() => counted(aggregator.decode(params, noise, draw)));
    ensure(outcome === 'returned' || outcome === 'report-malformed', `random bytes: ${outcome}`);
    const value = i % 2 === 0 ? values.length - 1 : source.next() % values.length;
    const report = direct.randomize(params, values[value] as Value, source, draw);
    const bytes = client.encode(params, report);
    ensure(bytes.length === params.reportBytes, 'a report has another length than reportBytes');
    const received = counted(aggregator.decode(params, bytes, draw));
    ensure(
      counted(report).every((count, j) => count === received[j]),
      'a report counts differently after its bytes',
    );
  }
}
