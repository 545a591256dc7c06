import { DAY_MS, policy } from '@dither/protocol';
import { z } from 'zod';
import { type Clock, today } from '../clock.js';
import { ProblemError, StorageError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { Storage } from '../storage/storage.js';

/** A fingerprint that arrived and that no registry here has. */
export interface UnknownRegistry {
  readonly fingerprint: string;
  /** UTC day, counted from 1970-01-01. */
  readonly firstSeen: number;
  /** Since it is listed: those of this process, and some of those before it. */
  readonly batches: number;
}

export interface UnknownRegistries {
  /**
   * Counts a batch of it, and says how to answer: `unknown-registry` while an operator may still add the registry,
   * `registry-refused` after that.
   */
  refuse(fingerprint: string): ProblemError;
  list(): readonly UnknownRegistry[];
  /** It is known now. */
  forget(fingerprint: string): void;
}

interface Seen {
  readonly firstSeen: number;
  /** From when on it is refused, in milliseconds since 1970. */
  readonly until: number;
  batches: number;
  /** The number that is on disk: written anew as it multiplies, since it says who makes room. 0 if nothing is. */
  kept: number;
}

const recordSchema = z.object({ firstSeen: z.number().int(), batches: z.number().int() });

/** One that has no place in the list. */
interface Waiting {
  /** Of those that had its place among the waiting before: together with its own batches it decides who leaves that next. */
  readonly inherited: number;
  batches: number;
}

/**
 * Keeps the first day of each, so that a restart does not begin the days of grace anew. Allocates within a bound: when it
 * is reached, one whose time is over makes room, and else the least seen for one that comes much oftener. Until then a
 * newcomer is asked to retry, and its days of grace have not begun. Whoever makes fingerprints up would have to send ever
 * more of each to hide one that devices send.
 *
 * @throws StorageError
 */
export async function openUnknownRegistries(storage: Storage, clock: Clock): Promise<UnknownRegistries> {
  const unknown = new Map<string, Seen>();
  const waiting = new Map<string, Waiting>();
  for (const { id, text } of await storage.records('unknown-registry')) {
    const { firstSeen, batches } = read(text);
    // When on that day is not kept: nobody is refused early.
    const until = (firstSeen + 1 + policy.unknownRegistryDays) * DAY_MS;
    unknown.set(id, { firstSeen, until, batches, kept: batches });
  }

  /** No answer waits for it, and none depends on it: what cannot be written now is tried with the next batch. */
  function keep(fingerprint: string, seen: Seen): void {
    const { firstSeen, batches } = seen;
    seen.kept = batches;
    const text = JSON.stringify({ firstSeen, batches });
    storage.putRecord({ kind: 'unknown-registry', id: fingerprint, text }).catch(() => {
      seen.kept = 0;
    });
  }

  function list(fingerprint: string, batches: number): void {
    const until = clock.now() + policy.unknownRegistryDays * DAY_MS;
    const seen: Seen = { firstSeen: today(clock), until, batches, kept: 0 };
    waiting.delete(fingerprint);
    unknown.set(fingerprint, seen);
    keep(fingerprint, seen);
  }

  /** Counts one that is not in the list. @returns its batches */
  function wait(fingerprint: string): number {
    const known = waiting.get(fingerprint);
    if (known !== undefined) return ++known.batches;
    let inherited = 0;
    if (waiting.size >= serverPolicy.unknownRegistries) {
      const [least, { inherited: before, batches }] = leastOf(waiting, (one) => one.inherited + one.batches);
      waiting.delete(least);
      inherited = before + batches;
    }
    waiting.set(fingerprint, { inherited, batches: 1 });
    return 1;
  }

  /** @returns whether the list has a place now for one of so many batches */
  function makeRoom(batches: number): boolean {
    if (unknown.size < serverPolicy.unknownRegistries) return true;
    const [over] = [...unknown].find(([, { until }]) => clock.now() >= until) ?? [];
    const [least, { batches: fewest }] = leastOf(unknown, (one) => one.batches);
    if (over === undefined && batches < serverPolicy.unknownRegistryFactor * fewest) return false;
    forget(over ?? least);
    return true;
  }

  function forget(fingerprint: string): void {
    waiting.delete(fingerprint);
    if (!unknown.delete(fingerprint)) return;
    // One that stays on disk is read at the next start, and forgotten then.
    storage.deleteRecord('unknown-registry', fingerprint).catch(() => undefined);
  }

  return {
    refuse(fingerprint) {
      const now = clock.now();
      const seen = unknown.get(fingerprint);
      if (seen !== undefined) {
        seen.batches++;
        if (seen.batches >= serverPolicy.unknownRegistryFactor * seen.kept) keep(fingerprint, seen);
        return new ProblemError(now >= seen.until ? 'registry-refused' : 'unknown-registry');
      }
      const batches = wait(fingerprint);
      if (makeRoom(batches)) list(fingerprint, batches);
      return new ProblemError('unknown-registry');
    },
    list: () => [...unknown].map(([fingerprint, { firstSeen, batches }]) => ({ fingerprint, firstSeen, batches })),
    forget,
  };
}

/**
 * Begins all days of grace anew, in a storage that nothing is open over: one that was restored knows registries as unknown
 * that were added since, and would refuse their batches for good.
 *
 * @throws StorageError
 */
export async function forgetUnknownRegistries(storage: Pick<Storage, 'records' | 'deleteRecord'>): Promise<void> {
  for (const { id } of await storage.records('unknown-registry')) await storage.deleteRecord('unknown-registry', id);
}

function read(text: string): z.infer<typeof recordSchema> {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    throw new StorageError('storage-corrupt', 'a record of an unknown registry cannot be read');
  }
}

/** The entry with the least of something; of several the newest. */
function leastOf<T>(entries: ReadonlyMap<string, T>, of: (entry: T) => number): readonly [string, T] {
  return [...entries].reduce((least, entry) => (of(entry[1]) <= of(least[1]) ? entry : least));
}
