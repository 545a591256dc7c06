import { type Ledger, parseLedger } from './budget-ledger.js';
import { type ConsentRecord, type ConsentStatus, statusOf } from './consent.js';
import { parseObject } from './json.js';
import { isEmpty, type Latched, parseLatched } from './latch.js';
import type { Platform } from './platform/platform.js';
import { parseQueue, type QueuedBatch } from './queue.js';
import { areRecords, type OpenRecords } from './recorder.js';

/**
 * What an installation keeps, and the one place that reads and writes it. Every key is one JSON text:
 *
 *   consent  what the person agreed to
 *   ledger   what was spent; survives withdrawal
 *   open     the open periods' records: the only truth on disk, and none of what is latched already
 *   latch    randomized values of latched metrics, one per metric and epoch, and the epoch's cohort draw
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
  readonly latch: Latched;
  readonly queue: readonly QueuedBatch[];
}

const KEYS = ['consent', 'ledger', 'open', 'latch', 'queue'] as const;

export type KeptKey = (typeof KEYS)[number];

type Texts = { readonly [key in KeptKey]: string | undefined };

/** Reads and writes what is kept; used under the lock. */
export interface Store {
  /** @throws SyntaxError for texts this version cannot read, or that are another app's */
  read(): Promise<Kept>;
  /** Consent alone, whatever the rest is. @throws SyntaxError like `read` */
  readConsent(): Promise<ConsentRecord | undefined>;
  /** Writes what differs between `before` and `after`, of the keys named, in that order. */
  write(before: Kept, after: Kept, keys: readonly KeptKey[]): Promise<void>;
}

export function openStore(platform: Platform, app: string): Store {
  // A text that has not changed since it was last read is not parsed again.
  let last: { readonly texts: Texts; readonly kept: Kept } | undefined;
  return {
    async read() {
      const texts = await platform.storage.read(KEYS);
      const isSame = last !== undefined && KEYS.every((key) => last?.texts[key] === texts[key]);
      if (!isSame) last = { texts, kept: parseKept(texts, app, platform.globalPrivacyControl === true) };
      return (last as { readonly kept: Kept }).kept;
    },
    async readConsent() {
      return parseConsent((await platform.storage.read(['consent'])).consent, app);
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

function parseConsent(text: string | undefined, app: string): ConsentRecord | undefined {
  if (text === undefined) return undefined;
  const consent = JSON.parse(text) as ConsentRecord;
  if (consent.app !== app) throw new SyntaxError('this storage is another app’s');
  return consent;
}

function parseKept(texts: Texts, app: string, globalPrivacyControl: boolean): Kept {
  const consent = parseConsent(texts.consent, app);
  const open = parseOpen(texts.open);
  return {
    consent,
    status: statusOf(consent, globalPrivacyControl),
    ledger: parseLedger(texts.ledger),
    open: open.records,
    merged: open.merged,
    latch: parseLatched(texts.latch),
    queue: parseQueue(texts.queue),
  };
}

/** Records that cannot be read are lost, and begin anew: only what was spent must never be guessed. */
function parseOpen(text: string | undefined): { readonly records: OpenRecords; readonly merged: readonly string[] } {
  const { records, merged } = parseObject(text);
  return areRecords(records) && Array.isArray(merged) ? { records, merged } : { records: {}, merged: [] };
}

function textOf(kept: Kept, key: KeptKey): string | undefined {
  switch (key) {
    case 'consent':
      return kept.consent === undefined ? undefined : JSON.stringify(kept.consent);
    case 'open':
      return openText(kept);
    case 'latch':
      return isEmpty(kept.latch) ? undefined : JSON.stringify(kept.latch);
    case 'queue':
      return kept.queue.length === 0 ? undefined : JSON.stringify(kept.queue);
    default:
      return JSON.stringify(kept.ledger);
  }
}

/** More than any record takes but for its metric's id and its text. */
const RECORD_WIDTH = 140;

/** Bytes of one code unit of a text, at most: \uXXXX. */
const UNIT_WIDTH = 6;

/**
 * In ASCII, so that characters are bytes, and padded to a length that follows from which periods are open: were it to
 * depend on what happened in them, storage that is nearly full would take one installation's record and refuse
 * another's, and that would show.
 */
function openText({ open, merged }: Kept): string | undefined {
  const entries = Object.entries(open);
  if (entries.length === 0 && merged.length === 0) return undefined;
  const width = entries
    .flatMap(([id, records]) => [
      id.length,
      ...records.map(({ maxLength = 0 }) => RECORD_WIDTH + UNIT_WIDTH * maxLength),
    ])
    .reduce((sum, part) => sum + part, RECORD_WIDTH);
  return JSON.stringify({ merged, records: open })
    .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .padEnd(width);
}
