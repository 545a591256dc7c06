import type { Answer, DropReason } from '@dither/sdk';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, MINUTE, MORNING } from '../support/installation.js';
import { look } from '../support/look.js';
import { type Message, problem, receipt } from '../support/receiver.js';
import { crashOnly } from '../support/registry.js';

type Fate = 'delivered' | 'refused' | 'kept';

/** What becomes of one batch that is answered with `answer`. */
async function fateOf(answer: (message: Message) => Answer): Promise<Fate> {
  const installation = await agreed(crashOnly, MORNING, { seed: 'fate', respond: answer });
  const { client } = await installation.start(MORNING + DAY);
  await client.stop();
  const { client: later, time } = await installation.start(MORNING + DAY + 7 * HOUR);
  await time.advance(MINUTE);
  expect(installation.messages).toHaveLength(1);
  const { queued, drops } = await look(later);
  if (queued.length === 1) {
    expect(drops).toEqual({});
    return 'kept';
  }
  const refused: DropReason = 'refused';
  if (Object.keys(drops).length === 0) return 'delivered';
  expect(drops).toEqual({ [refused]: 1 });
  return 'refused';
}

const json =
  (status: number, body: unknown, contentType = 'application/json') =>
  (): Answer => ({
    status,
    contentType,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const cases: readonly (readonly [what: string, fate: Fate, answer: (message: Message) => Answer])[] = [
  ['a receipt that names the batch', 'delivered', receipt],
  ['a receipt of a duplicate', 'delivered', ({ batch }) => json(200, { batch, duplicate: true })()],
  ['another 2xx that names the batch', 'delivered', ({ batch }) => json(202, { batch })()],
  ['a receipt for another batch', 'kept', json(200, { batch: 'AAAAAAAAAAAAAAAAAAAAAA', duplicate: false })],
  ['the 200 of a captive portal', 'kept', json(200, '<html>Welcome to the hotel</html>', 'text/html')],
  ['a 200 without a body', 'kept', json(200, '')],
  ['a 204', 'kept', json(204, '', '')],
  ['a 200 with a JSON that is no object', 'kept', json(200, 'null')],
  [
    'a receipt lost in a body of a megabyte',
    'kept',
    ({ batch }) => json(200, `${' '.repeat(1e6)}{"batch":"${batch}"}`)(),
  ],
  ['problem details: malformed-batch', 'refused', () => problem(400, 'malformed-batch')],
  ['problem details: batch-too-large', 'refused', () => problem(413, 'batch-too-large')],
  ['problem details: day-out-of-range', 'refused', () => problem(422, 'day-out-of-range')],
  ['problem details: registry-refused', 'refused', () => problem(422, 'registry-refused')],
  ['problem details: unknown-registry', 'kept', () => problem(422, 'unknown-registry')],
  ['problem details: a code of tomorrow', 'kept', () => problem(400, 'moon-in-the-wrong-phase')],
  ['the 413 of some proxy', 'kept', json(413, 'Request Entity Too Large', 'text/plain')],
  ['a 413 that is not problem details', 'kept', () => problem(413, 'batch-too-large', 'application/json')],
  ['a final code that is not problem details', 'kept', () => problem(400, 'malformed-batch', 'application/json')],
  ['the 404 of another server', 'kept', json(404, { code: 'malformed-batch' })],
  ['a 429', 'kept', () => problem(429, 'rate-limited')],
  ['a 500', 'kept', json(500, 'oops', 'text/plain')],
  ['a redirect', 'kept', json(302, '')],
  [
    'no answer',
    'kept',
    () => {
      throw new Error('offline');
    },
  ],
];

describe('a batch', () => {
  it.each(cases)('that gets %s is %s', async (_what, fate, answer) => {
    expect(await fateOf(answer)).toBe(fate);
  });
});
