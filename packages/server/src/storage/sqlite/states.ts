import { decodeState, encodeState, mergeStates } from '@dither/mechanisms';
import type { StateAnswer, StateQuestion, StateRow } from './messages.js';
import type { Handle } from './open.js';

/** States in one answer: a few megabytes at most, read in a few milliseconds. */
const STATES_AT_ONCE = 32;

/** The counters on disk. */
export interface States {
  /** Adds `delta` to what is stored, in the caller's transaction. */
  add(delta: StateRow): void;
  read(question: StateQuestion): StateAnswer;
}

export function storedStates(db: Handle): States {
  const get = db.prepare('SELECT state FROM state WHERE metric = ? AND window = ?');
  const insert = db.prepare('INSERT INTO state (metric, window, n, state) VALUES (?, ?, ?, ?)');
  const update = db.prepare('UPDATE state SET n = ?, state = ? WHERE metric = ? AND window = ?');
  const read = db.prepare(
    `SELECT metric, window, state FROM state WHERE metric = ? AND window BETWEEN ? AND ?
     ORDER BY window LIMIT ${STATES_AT_ONCE}`,
  );
  return {
    add({ metric, window, state }) {
      const delta = decodeState(state);
      const row = get.get(metric, window) as { state: Uint8Array } | undefined;
      if (row === undefined) {
        insert.run(metric, window, delta.n, state);
        return;
      }
      const sum = decodeState(row.state);
      mergeStates(sum, delta);
      update.run(sum.n, encodeState(sum), metric, window);
    },
    read({ metric, from, to }) {
      const rows = (read.all(metric, from, to) as StateRow[]).map((row) => ({ ...row }));
      const last = rows.at(-1);
      return rows.length < STATES_AT_ONCE || last === undefined ? { rows } : { rows, next: last.window + 1 };
    },
  };
}
