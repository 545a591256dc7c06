import type { Io } from './io.js';

/** A line that says how far a run is; written only where somebody reads it as it comes. */
export interface Progress {
  update(done: number): void;
  end(): void;
}

export function progress(total: number, { note, isTerminal }: Pick<Io, 'note' | 'isTerminal'>): Progress {
  let shown = -1;
  return {
    update(done) {
      const percent = Math.floor((100 * done) / total);
      if (!isTerminal || percent === shown) return;
      shown = percent;
      note(`\r${String(percent).padStart(3)}% of ${total.toLocaleString('en')} installations`);
    },
    end() {
      // Back to the start of the line, and clear it.
      if (shown >= 0) note('\r\x1b[K');
    },
  };
}
