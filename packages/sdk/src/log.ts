import type { Drop } from './diagnostics.js';
import { LOG_DAYS, MAX_LOG_LENGTH } from './policy.js';

/**
 * A batch of randomized bytes, from the moment it is made until it is forgotten: the uploader reads from the log what
 * waits, the inspector what was sent. Built once; every try sends the same bytes.
 */
export interface Message {
  /** Nonce, base64url: what a receipt must name. */
  readonly id: string;
  /** Day the batch was made. */
  readonly day: number;
  /** The whole batch, base64url. */
  readonly body: string;
  /** Not to be sent before this moment of the device's clock; nor again, once it was. */
  due: number;
  /** How often it was sent, or was about to be: noted before, so that nothing leaves that the log does not show. */
  tries: number;
  /** Moment of the latest try, by the device's clock. */
  sent?: number;
  /** What came of it: absent while it waits. */
  end?: 'delivered' | 'refused' | 'too-old';
}

/**
 * The log without what is beyond its limits, the oldest first: what waits and what was sent are held to them each for
 * itself, so that neither pushes out the other. What waits no longer is not kept, unless it may have left: then it stays in
 * sight.
 */
export function trimmed(log: readonly Message[], today: number, drop: Drop): Message[] {
  let waiting = 0;
  let sent = 0;
  return [...log]
    .reverse()
    .filter((message) => {
      const { body, tries, day } = message;
      if (!message.end) {
        waiting += body.length;
        if (waiting <= MAX_LOG_LENGTH) return true;
        drop('queue-full');
        message.end = 'too-old';
      }
      sent += body.length;
      return tries > 0 && today - day <= LOG_DAYS && sent <= MAX_LOG_LENGTH;
    })
    .reverse();
}
