import { MechanismError } from '../errors.js';
import type { Client, Params } from '../mechanism.js';
import { randomizeBitsInBulk } from '../random/bulk-lanes.js';
import type { BitRandomizer } from '../random/lanes.js';
import type { WordSource } from '../random/word-source.js';
import { drawOf } from './_pool.js';

/*
 * Clients from randomizers: with an id and `params`, and with the checks of what a developer passes that no app needs, as the SDK
 * passes nothing wrong. Calls, because bundlers keep an object that spreads another even where nothing uses it.
 */

/** What a client has more than its randomizer. */
export interface More<M> {
  readonly id: string;
  readonly params: M;
}

export function withParams<R, M>(id: string, randomizer: R, params: M): R & More<M> {
  const { encode } = randomizer as Pick<Client, 'encode'>;
  return {
    ...randomizer,
    id,
    params,
    encode(p: Params, report: unknown, into?: Uint8Array, at = 0) {
      if (into !== undefined) checkRoom(into, at, p.reportBytes);
      return encode(p, report, into, at);
    },
  };
}

/** @throws MechanismError `option-invalid` where the caller's buffer ends early */
function checkRoom(into: Uint8Array, at: number, bytes: number): void {
  if (at < 0 || at + bytes > into.length) {
    throw new MechanismError(
      'option-invalid',
      `a report of ${bytes} byte(s) has room in the buffer it is written into`,
    );
  }
}

/** Of reports that are made under a public draw. */
export function drawnClient<R, M>(id: string, randomizer: R, params: M): R & More<M> {
  const { randomize } = randomizer as Pick<Client, 'randomize'>;
  return {
    ...withParams(id, randomizer, params),
    randomize: (p: Params, value: number, source: WordSource, draw?: number, reuse?: unknown) =>
      randomize(p, value, source, drawOf(p, draw), reuse),
  };
}

/** Of bits: in the way that is quick for many reports. */
export function bulkClient<R, M>(
  id: string,
  randomizerBy: (pass: BitRandomizer) => R,
  params: M,
  clientOf: (id: string, randomizer: R, params: M) => R & More<M> = withParams,
): R & More<M> {
  return clientOf(id, randomizerBy(randomizeBitsInBulk), params);
}
