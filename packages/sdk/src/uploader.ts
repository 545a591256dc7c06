import { uniformInt } from '@dither/mechanisms';
import { dayOf, fromBase64url, parseAnswer, parseSwitchOff, RETAINED_DAYS, switchOffPath } from '@dither/protocol';
import type { Debug, Drop } from './diagnostics.js';
import { type Message, trimmed } from './log.js';
import type { Platform } from './platform/platform.js';
import { DUE_WITHIN, FARTHEST_DUE } from './policy.js';
import type { DeviceRegistry } from './registry.js';
import type { State, Store } from './state.js';
import { outcomeOf, retryDelay } from './transport.js';

/** @returns a function that sends what is due, until `isStopped`; one at a time, and by one tab at a time */
export function uploader(
  { app }: DeviceRegistry,
  platform: Platform,
  store: Store,
  drop: Drop,
  debug: Debug,
  endpoint: string,
  writeKey: string | undefined,
  isStopped: () => boolean,
): () => Promise<void> {
  const { clock, source } = platform;
  let uploading: Promise<void> | undefined;

  /** Changes what is kept, unless consent is gone. */
  function change<T>(step: (state: State) => T): Promise<T | undefined> {
    return store.change((state) => (state.status === 'granted' ? step(state) : undefined));
  }

  /** Notes one try of the first batch that is due; drops what no server takes any more, and brings far dates near. */
  function claim(state: State): Message | undefined {
    const now = clock.wall();
    const today = dayOf(now);
    let claimed: Message | undefined;
    state.queue = trimmed(state.queue, today, drop);
    for (const message of state.queue) {
      if (message.end) continue;
      if (today - message.day >= RETAINED_DAYS) {
        message.end = 'too-old';
        drop('too-old');
      } else if (message.due > now + FARTHEST_DUE) message.due = now + uniformInt(source, DUE_WITHIN);
      else if (!claimed && message.due <= now) {
        claimed = message;
        message.sent = now;
        message.due = now + retryDelay(++message.tries, undefined, source);
      }
    }
    return claimed;
  }

  async function tryOnce({ id, body, tries }: Message): Promise<void> {
    debug('sent', id, tries);
    // Without an answer the batch may or may not have arrived. The same bytes go again.
    const answer = await platform
      .send(`${endpoint}/v1/reports`, fromBase64url(body) ?? new Uint8Array(), writeKey)
      .catch(() => undefined);
    const end = answer && outcomeOf(answer, id);
    if (end === 'refused') drop(end);
    debug(end ?? 'kept', id, answer?.status);
    await change(({ queue }) => {
      const message = queue.find((other) => other.id === id);
      const due = clock.wall() + retryDelay(tries, answer?.retryAfter, source);
      if (message) Object.assign(message, end ? { end } : { due });
    });
  }

  /** Asks for the public switch-off document, once a day, whether or not anything is to be sent. */
  async function askWhatIsOff(): Promise<void> {
    const today = dayOf(clock.wall());
    const isDue = await change(({ off }) => {
      const { asked } = off;
      off.asked = today;
      return asked !== today;
    });
    if (!isDue || isStopped()) return;
    const answer = await platform.get?.(endpoint + switchOffPath(app)).catch(() => undefined);
    const text = answer?.body;
    // Whatever a network in between answers, what holds goes on to hold.
    if (!parseSwitchOff(text, app) && parseAnswer<{ readonly code: unknown }>(text).code !== 'no-switch-off') return;
    await change(({ off }) => {
      off.text = text;
    });
  }

  async function sendDue(): Promise<void> {
    if (platform.get) await askWhatIsOff();
    while (!isStopped()) {
      const message = await change(claim);
      // Consent may have been withdrawn while the try was noted.
      if (!message || isStopped()) return;
      await tryOnce(message);
    }
  }

  return () => {
    uploading ??= platform.storage.lock('upload', sendDue).finally(() => {
      uploading = undefined;
    });
    return uploading;
  };
}
