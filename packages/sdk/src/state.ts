import { emptyLedger, type Ledger, parseLedger } from './budget-ledger.js';
import { type ConsentRecord, type ConsentStatus, statusOf } from './consent.js';
import type { Latched } from './latching.js';
import type { Message } from './log.js';
import type { Platform } from './platform/platform.js';
import type { Records } from './recorder.js';

/**
 * What an installation keeps, and the one place that reads and writes it. Every key is one JSON text. A step reads all of
 * it under the lock, changes what it read, and writes what has changed:
 *
 *   consent  what the person agreed to
 *   ledger   what was spent; survives withdrawal
 *   latch    randomized values of latched metrics, one per metric and epoch, and the epoch's cohort draw
 *   queue    batches, already randomized: those that wait to be sent, and those sent
 *   open     the open periods' records: the only truth on disk, and none of what is latched already
 *   off      the switch-off document, and when it was last asked for
 *   notes    open records written in the instant of a crash, merged at the next chance; `open` lists those it holds
 */
export interface State {
  /** What `consent` comes to, the privacy signal taken into account; not stored. */
  readonly status: ConsentStatus;
  consent?: ConsentRecord | undefined;
  ledger: Ledger;
  latch?: Latched | undefined;
  queue: Message[];
  open: Open;
  off: { asked?: number; text?: string | undefined };
}

interface Open {
  /** Names of notes already merged and not yet removed. */
  merged: readonly string[];
  records: Records;
}

/** In the order in which they are written. */
type Key = 'consent' | 'ledger' | 'latch' | 'queue' | 'open' | 'off';

const KEYS: readonly Key[] = ['consent', 'ledger', 'latch', 'queue', 'open', 'off'];

/** What a step that erases looks at: where the ledger cannot be read, it stays as it is. */
export const ALL_BUT_LEDGER: readonly Key[] = ['consent', 'latch', 'queue', 'open', 'off'];

/** What writing down events looks at, as it happens every second: the queue may be long. */
export const ALL_BUT_QUEUE: readonly Key[] = ['consent', 'ledger', 'latch', 'open', 'off'];

/** What sending looks at. */
export const FOR_SENDING: readonly Key[] = ['consent', 'queue', 'off'];

export interface Store {
  /** @throws an Error for texts this version cannot read, or that are another app's */
  read(): Promise<State>;
  /**
   * Runs `step` under the lock over what is kept, which it changes in place; what has changed is written at its end and at
   * each `save`, in the order of the keys, and is durable then.
   *
   * @param keys - what the step looks at; the rest is empty in the state that it is given, and stays as it is
   */
  change<T>(step: (state: State, save: () => Promise<void>) => T | Promise<T>, keys?: readonly Key[]): Promise<T>;
}

export function openStore(platform: Platform, app: string): Store {
  const { storage } = platform;
  /** The queue as it was read or written last, while it is nobody's to change: it need not be parsed again. */
  let known: { readonly text: string | undefined; readonly queue: Message[] } | undefined;

  /** The ledger as it was written last: nothing in it need be checked again. */
  let sound: string | undefined;

  function parseQueue(text: string | undefined): Message[] {
    if (known && known.text === text) return known.queue;
    const queue = parse<Message[]>(text);
    return queue?.every?.((message) => message?.body) ? queue : [];
  }

  async function load(keys: readonly Key[]): Promise<{ state: State; save: () => Promise<void> }> {
    const texts: { [key in Key]?: string | undefined } = { ...(await storage.read(keys)) };
    // One that cannot be read is none: the person is asked again, and can withdraw.
    const consent = parse<ConsentRecord>(texts.consent);
    if (consent && consent.app !== app) throw new Error('app');
    // An empty one is not written.
    texts.ledger ??= JSON.stringify(emptyLedger());
    const open = parse<Open>(texts.open);
    // What cannot be read is lost, and begins anew: only what was spent must never be guessed.
    const isReadable =
      open?.merged && Object.values(open.records ?? '-').every((own) => own?.every?.((r) => r?.fingerprint));
    const queue = parseQueue(texts.queue);
    const state: State = {
      status: statusOf(consent, platform.globalPrivacyControl),
      consent,
      ledger: texts.ledger === sound ? JSON.parse(sound) : parseLedger(texts.ledger),
      latch: parse(texts.latch),
      queue,
      open: isReadable ? open : nothingOpen(),
      off: parse(texts.off) ?? {},
    };
    return {
      state,
      async save() {
        known = undefined;
        const written = keys.map((key) => [key, textOf(key)] as const);
        const entries = written.filter(([key, text]) => text !== texts[key]);
        if (entries.length > 0) await storage.write(entries);
        Object.assign(texts, Object.fromEntries(entries));
        if (keys.includes('ledger')) sound = texts.ledger;
        if (keys.includes('queue')) known = { text: texts.queue, queue: state.queue };
      },
    };

    /** Nothing is stored for what is empty. */
    function textOf(key: Key): string | undefined {
      if (key === 'open') return openText(state.open);
      // Replaced whenever it is changed.
      if (key === 'queue' && state.queue === queue) return texts.queue;
      const text = JSON.stringify(state[key]);
      return text === '[]' || text === '{}' ? undefined : text;
    }
  }

  return {
    read: async () => (await load(KEYS)).state,
    change: (step, keys = KEYS) =>
      storage.lock('state', async () => {
        const { state, save } = await load(keys);
        const result = await step(state, save);
        await save();
        return result;
      }),
  };
}

export function nothingOpen(): Open {
  return { merged: [], records: {} };
}

/** undefined for a text that is none, or not JSON. */
export function parse<T>(text: string | undefined): T | undefined {
  try {
    return JSON.parse(text ?? '') ?? undefined;
  } catch {
    return undefined;
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
function openText({ merged, records }: Open): string | undefined {
  let width = 0;
  for (const id in records) {
    width += id.length;
    for (const { maxLength = 0 } of records[id] ?? []) width += RECORD_WIDTH + UNIT_WIDTH * maxLength;
  }
  if (width + merged.length === 0) return undefined;
  return JSON.stringify({ merged, records })
    .replace(/[^ -~]/g, (unit) => `\\u${(0x10000 + unit.charCodeAt(0)).toString(16).slice(1)}`)
    .padEnd(width + RECORD_WIDTH);
}
