import { type Ledger, parseLedger } from './budget-ledger.js';
import { type ConsentRecord, type ConsentStatus, statusOf } from './consent.js';
import type { Platform } from './platform/platform.js';
import { parseQueue, type QueuedBatch } from './queue.js';
import type { OpenRecords } from './recorder.js';

/**
 * What an installation keeps, and the one place that reads and writes it. Every key is one JSON text:
 *
 *   consent  what the person agreed to
 *   ledger   what was spent; survives withdrawal
 *   open     the open periods' records: the only truth on disk
 *   queue    batches waiting to be sent, already randomized
 *   notes    open records written in the instant of a crash, merged at the next chance; `open` lists those it holds
 */
export interface Kept {
  readonly consent: ConsentRecord | undefined;
  readonly status: ConsentStatus;
  readonly ledger: Ledger;
  readonly open: OpenRecords;
  /** Names of notes already merged into `open` and not yet removed. */
  readonly merged: readonly string[];
  readonly queue: readonly QueuedBatch[];
}

export type KeptKey = 'consent' | 'ledger' | 'open' | 'queue';

const KEYS = ['consent', 'ledger', 'open', 'queue'] as const;

type Texts = { readonly [key in KeptKey]: string | undefined };

/** Reads and writes what is kept; used under the lock. */
export interface Store {
  /** @throws SyntaxError for texts this version cannot read */
  read(): Promise<Kept>;
  /** Writes what differs between `before` and `after`, of the keys named, in that order. */
  write(before: Kept, after: Kept, keys: readonly KeptKey[]): Promise<void>;
}

export function openStore(platform: Platform): Store {
  // A text that has not changed since it was last read is not parsed again.
  let last: { readonly texts: Texts; readonly kept: Kept } | undefined;
  return {
    async read() {
      const texts = await platform.storage.read(KEYS);
      const isSame = last !== undefined && KEYS.every((key) => last?.texts[key] === texts[key]);
      if (!isSame) last = { texts, kept: parseKept(texts, platform.globalPrivacyControl === true) };
      return (last as { readonly kept: Kept }).kept;
    },
    async write(before, after, keys) {
      const entries = keys
        .filter((key) => before[key] !== after[key] || (key === 'open' && before.merged !== after.merged))
        .map((key) => [key, textOf(after, key)] as const);
      if (entries.length === 0) return;
      await platform.storage.write(entries);
      const texts = { ...(last?.texts as Texts), ...Object.fromEntries(entries) };
      last = before.consent === after.consent ? { texts, kept: after } : undefined;
    },
  };
}

function parseKept(texts: Texts, globalPrivacyControl: boolean): Kept {
  const consent = texts.consent === undefined ? undefined : (JSON.parse(texts.consent) as ConsentRecord);
  const open =
    texts.open === undefined
      ? { records: {}, merged: [] }
      : (JSON.parse(texts.open) as { records: OpenRecords; merged: readonly string[] });
  return {
    consent,
    status: statusOf(consent, globalPrivacyControl),
    ledger: parseLedger(texts.ledger),
    open: open.records,
    merged: open.merged,
    queue: parseQueue(texts.queue),
  };
}

function textOf(kept: Kept, key: KeptKey): string | undefined {
  switch (key) {
    case 'consent':
      return kept.consent === undefined ? undefined : JSON.stringify(kept.consent);
    case 'open':
      return Object.keys(kept.open).length === 0 && kept.merged.length === 0
        ? undefined
        : JSON.stringify({ records: kept.open, merged: kept.merged });
    case 'queue':
      return kept.queue.length === 0 ? undefined : JSON.stringify(kept.queue);
    default:
      return JSON.stringify(kept.ledger);
  }
}
