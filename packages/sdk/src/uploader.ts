import { uniformInt } from '@dither/mechanisms';
import { dayOf, fromBase64url, parseSwitchOff, RETAINED_DAYS, switchOffPath } from '@dither/protocol';
import type { Context } from './context.js';
import { type Message, trimmed } from './log.js';
import type { Answer } from './platform/platform.js';
import { DUE_WITHIN, LATE_DELAY, RETRY_DELAYS, RETRY_JITTER } from './policy.js';
import { FOR_SENDING, parse, type State } from './state.js';
import { outcomeOf, retryDelay } from './transport.js';

/** Sends what is due; one at a time, and by one tab at a time. */
export interface Uploader {
  /** Draws after how many milliseconds what fell due while the app was off leaves: not the moment it is opened. */
  begin(): number;
  upload(): Promise<void>;
}

/** A batch due further ahead than any rule of ours puts it was dated by a clock that has since been set back. */
const FARTHEST = Math.max(DUE_WITHIN, ...RETRY_DELAYS) * (1 + RETRY_JITTER);

export function uploader(context: Context, endpoint: string, isStopped: () => boolean): Uploader {
  const { registry, platform, store, drop, debug } = context;
  const { storage, clock, source } = platform;
  const started = clock.wall();
  let opening = Number.POSITIVE_INFINITY;
  let isUploading = false;

  /** Changes what is kept, unless consent is gone. */
  function change<T>(step: (state: State) => T): Promise<T | undefined> {
    return store.change((state) => (state.status === 'granted' ? step(state) : undefined), FOR_SENDING);
  }

  /** Notes one try of the first batch that is due; drops what no server takes any more, and brings far dates near. */
  function claim(state: State): Message | undefined {
    const now = clock.wall();
    const today = dayOf(now);
    let claimed: Message | undefined;
    let isChanged = false;
    const log = trimmed(state.queue, today, drop);
    for (const message of log) {
      const { day, end, due } = message;
      if (end) continue;
      if (today - day >= RETAINED_DAYS) {
        message.end = 'too-old';
        drop('too-old');
      } else if (due > now + FARTHEST) message.due = now + uniformInt(source, DUE_WITHIN);
      else if (!claimed && due <= now && (due >= started || clock.monotonic() >= opening)) {
        claimed = message;
        message.sent = now;
        message.due = now + retryDelay(++message.tries, undefined, source);
      } else continue;
      isChanged = true;
    }
    // Replaced only if changed: it may be long, and is written whole.
    if (isChanged || log.length < state.queue.length) state.queue = log;
    return claimed;
  }

  async function tryOnce({ id, body, tries }: Message): Promise<void> {
    debug?.('sent', id, tries);
    // Without an answer the batch may or may not have arrived. The same bytes go again.
    const answer = await platform
      .send(`${endpoint}/v1/reports`, fromBase64url(body) ?? new Uint8Array())
      .catch(() => undefined);
    const end = answer && outcomeOf(answer, id);
    if (end === 'refused') drop(end);
    debug?.(end ?? 'kept', id, answer?.status);
    await change((state) => {
      state.queue = state.queue.map((message) => {
        if (message.id !== id) return message;
        return end
          ? { ...message, end }
          : { ...message, due: clock.wall() + retryDelay(tries, answer?.retryAfter, source) };
      });
    });
  }

  /** Asks for the public switch-off document, once a day, whether or not anything is to be sent. */
  async function askWhatIsOff(): Promise<void> {
    const today = dayOf(clock.wall());
    const isDue = await change(({ off }) => {
      if (off.asked === today) return false;
      off.asked = today;
      return true;
    });
    const answer: Answer | undefined =
      isDue && !isStopped()
        ? await platform.get?.(endpoint + switchOffPath(registry.app)).catch(() => undefined)
        : undefined;
    const text = answer?.body;
    const isOne = parseSwitchOff(text, registry.app);
    // Whatever a network in between answers, what holds goes on to hold.
    if (isOne || Object(parse(text)).code === 'no-switch-off') {
      await change((state) => {
        state.off.text = isOne && text;
      });
    }
  }

  return {
    begin() {
      const delay = uniformInt(source, LATE_DELAY);
      opening = clock.monotonic() + delay;
      return delay;
    },
    async upload() {
      if (isUploading) return;
      isUploading = true;
      try {
        await storage.lock('upload', async () => {
          if (platform.get && clock.monotonic() >= opening) await askWhatIsOff();
          while (!isStopped()) {
            const message = await change(claim);
            // Consent may have been withdrawn while the try was noted.
            if (!message || isStopped()) break;
            await tryOnce(message);
          }
        });
      } finally {
        isUploading = false;
      }
    },
  };
}
