import type { Io } from './io.js';
import { policy } from './policy.js';

/** A line that says how far a run is, and how long it will take; written only where somebody reads it as it comes. */
export interface Progress {
  /** @param done - of the total */
  update(done: number): void;
  end(): void;
}

/** @param unit - what is counted, such as `installations` */
export function progress(
  total: number,
  unit: string,
  { note, isTerminal, now }: Pick<Io, 'note' | 'isTerminal' | 'now'>,
): Progress {
  const start = now();
  let last = Number.NEGATIVE_INFINITY;
  return {
    update(done) {
      if (!isTerminal || now() - last < policy.progressMs) return;
      last = now();
      const share = Math.min(1, done / total);
      const percent = String(Math.floor(100 * share)).padStart(3);
      note(`\r${percent}% of ${total.toLocaleString('en')} ${unit}${timeLeft(last - start, share)}${CLEAR}`);
    },
    end() {
      if (last !== Number.NEGATIVE_INFINITY) note(`\r${CLEAR}`);
    },
  };
}

/** Clears the rest of the line. */
const CLEAR = '\x1b[K';

/** As long again, in proportion; nothing is said of the first moments, which tell little. */
function timeLeft(ms: number, share: number): string {
  if (share === 0 || ms < policy.progressSilentMs) return '';
  const seconds = Math.ceil((ms * (1 - share)) / share / 1000);
  if (seconds < 120) return `, ${seconds} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `, ${minutes} min left` : `, ${Math.ceil(minutes / 60)} h left`;
}
