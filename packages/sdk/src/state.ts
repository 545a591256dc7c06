import { parseJson } from '@dither/protocol';
import { type Ledger, parseLedger } from './budget-ledger.js';
import { type ConsentRecord, type ConsentStatus, statusOf } from './consent.js';
import type { Latched } from './latching.js';
import type { Message } from './log.js';
import type { Platform } from './platform/platform.js';
import { RECORD_WIDTH, UNIT_WIDTH } from './policy.js';
import { areRecords, type Records } from './recorder.js';
import type { DeviceRegistry } from './registry.js';

/**
 * What an installation keeps, and the one place that reads and writes it. Every key is one JSON text. A step reads all of
 * them under the lock, changes what it has a use for, and writes what has changed:
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
  /** `text` is a document, or says that there is none. */
  off: { asked?: number; text?: string | undefined };
}

interface Open {
  /** Names of notes already merged and not yet removed. */
  merged: readonly string[];
  records: Records;
}

type Key = Exclude<keyof State, 'status'>;

/**
 * How each text is read, in the order in which they are written. What cannot be read is lost, and begins anew: only what was
 * spent must never be guessed.
 */
const READERS: { readonly [key in Key]: (text: string | undefined) => State[key] } = {
  consent: parseJson,
  ledger: parseLedger,
  latch: parseJson,
  queue(text) {
    const queue = parseJson<Message[]>(text);
    return queue?.every?.((message) => message?.body) ? queue : [];
  },
  open(text) {
    const open = parseJson<Open>(text);
    return open?.merged && areRecords(open.records) ? open : nothingOpen();
  },
  off: (text) => parseJson(text) ?? {},
};

const KEYS = /* @__PURE__ */ Object.keys(READERS) as Key[];

export interface Store {
  /** @throws an Error for texts that are another app's; and where a ledger that this version cannot read is asked for */
  read(): Promise<State>;
  /**
   * Runs `step` under the lock over what is kept, which it changes in place; what has changed is written at its end and at
   * each `save`, in the order of the keys, and is durable then.
   */
  change<T>(step: (state: State, save: () => Promise<void>) => T | Promise<T>): Promise<T>;
}

export function openStore(platform: Platform, { app, gpc }: Pick<DeviceRegistry, 'app' | 'gpc'>): Store {
  const { storage } = platform;

  async function load() {
    const texts: { [key in Key]?: string | undefined } = { ...(await storage.read(KEYS)) };
    // One that cannot be read is none: the person is asked again, and can withdraw.
    const consent = parseJson<ConsentRecord>(texts.consent);
    if ((consent?.app ?? app) !== app) throw new Error('app');
    const known = { consent, status: statusOf(consent, gpc, platform.globalPrivacyControl) } as State;
    return {
      /** Read as far as it is asked for: a log, or the ledger of a year, is not worth it every second. */
      state: new Proxy(known, {
        // A promise asks whether it is one, too.
        get(_, key: Key | 'then') {
          if (key === 'then') return undefined;
          if (!(key in known)) Object.assign(known, { [key]: READERS[key](texts[key]) });
          return known[key];
        },
      }),
      async save(): Promise<void> {
        for (const key of KEYS) {
          const text = key in known ? textOf(known, key) : texts[key];
          if (text === texts[key]) continue;
          await storage.write([[key, text]]);
          texts[key] = text;
        }
      },
    };
  }

  return {
    read: async () => (await load()).state,
    change: (step) =>
      storage.lock('state', async () => {
        const { state, save } = await load();
        const result = await step(state, save);
        await save();
        return result;
      }),
  };
}

export function nothingOpen(): Open {
  return { merged: [], records: {} };
}

/** Nothing is stored for what is empty, a list or a table. */
function textOf(state: State, key: Key): string | undefined {
  if (key === 'open') return openText(state.open);
  const text = JSON.stringify(state[key]);
  return text?.length > 2 ? text : undefined;
}

/**
 * In ASCII, so that characters are bytes, and padded to a length that follows from which periods are open: were it to
 * depend on what happened in them, storage that is nearly full would take one installation's record and refuse
 * another's, and that would show.
 */
function openText(open: Open): string | undefined {
  const records = Object.values(open.records).flat();
  if (records.length + open.merged.length === 0) return undefined;
  return JSON.stringify(open)
    .replace(/[^ -~]/g, (unit) => `\\u${(0x10000 + unit.charCodeAt(0)).toString(16).slice(1)}`)
    .padEnd(records.reduce((sum, { maxLength = 0 }) => sum + RECORD_WIDTH + UNIT_WIDTH * maxLength, RECORD_WIDTH));
}
