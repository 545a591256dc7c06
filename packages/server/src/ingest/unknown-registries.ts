import { DAY_MS, policy } from '@dither/protocol';
import { z } from 'zod';
import { type Clock, today } from '../clock.js';
import { ProblemError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { Storage } from '../storage/storage.js';

/** A fingerprint that arrived and that no registry here has. */
export interface UnknownRegistry {
  readonly fingerprint: string;
  /** UTC day, counted from 1970-01-01. */
  readonly firstSeen: number;
  /** Since this process began, and before the first one ended. */
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
  isKept: boolean;
}

const recordSchema = z.object({ firstSeen: z.number().int(), batches: z.number().int() });

/**
 * Keeps the first day of each, so that a restart does not begin the days of grace anew. Allocates within a bound: when it
 * is reached, one whose time is over makes room; if there is none, the newcomer is asked to retry and not counted.
 */
export async function openUnknownRegistries(storage: Storage, clock: Clock): Promise<UnknownRegistries> {
  const unknown = new Map<string, Seen>();
  for (const { id, text } of await storage.records('unknown-registry')) {
    const { firstSeen, batches } = recordSchema.parse(JSON.parse(text));
    // When on that day is not kept: nobody is refused early.
    const until = (firstSeen + 1 + policy.unknownRegistryDays) * DAY_MS;
    unknown.set(id, { firstSeen, until, batches, isKept: true });
  }

  /** No answer waits for it, and none depends on it: what cannot be written now is tried with the next batch. */
  function keep(fingerprint: string, seen: Seen): void {
    seen.isKept = true;
    const { firstSeen, batches } = seen;
    const text = JSON.stringify({ firstSeen, batches });
    storage.putRecord({ kind: 'unknown-registry', id: fingerprint, text }).catch(() => {
      seen.isKept = false;
    });
  }

  function forget(fingerprint: string): void {
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
        if (!seen.isKept) keep(fingerprint, seen);
        return new ProblemError(now >= seen.until ? 'registry-refused' : 'unknown-registry');
      }
      if (unknown.size >= serverPolicy.unknownRegistries) {
        const [over] = [...unknown].find(([, { until }]) => now >= until) ?? [];
        if (over !== undefined) forget(over);
      }
      if (unknown.size < serverPolicy.unknownRegistries) {
        const until = now + policy.unknownRegistryDays * DAY_MS;
        const first: Seen = { firstSeen: today(clock), until, batches: 1, isKept: false };
        unknown.set(fingerprint, first);
        keep(fingerprint, first);
      }
      return new ProblemError('unknown-registry');
    },
    list: () => [...unknown].map(([fingerprint, { firstSeen, batches }]) => ({ fingerprint, firstSeen, batches })),
    forget,
  };
}
