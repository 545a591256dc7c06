import { mergeStates } from '@dither/mechanisms';
import { packState, unpackState } from '../packed-state.js';
import { checksum, stateAt, verified } from './checksum.js';
import type { StateAnswer, StateQuestion, StateRow } from './messages.js';
import type { Handle } from './open.js';

/** States in one answer: a few megabytes at most, read in a few milliseconds. */
const STATES_AT_ONCE = 32;

interface Stored extends StateRow {
  readonly crc: number;
}

/** The counters on disk. */
export interface States {
  /** Adds `delta` to what is stored, in the caller's transaction. */
  add(delta: StateRow): void;
  read(question: StateQuestion): StateAnswer;
  /** Reads all of them. @throws StorageError `storage-corrupt` if one is not what was written */
  check(): void;
}

export function storedStates(db: Handle): States {
  const get = db.prepare('SELECT state, crc FROM state WHERE metric = ? AND window = ?');
  const put = db.prepare(
    `INSERT INTO state (metric, window, n, state, crc) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET n = excluded.n, state = excluded.state, crc = excluded.crc`,
  );
  const read = db.prepare(
    `SELECT metric, window, state, crc FROM state WHERE metric = ? AND window BETWEEN ? AND ?
     ORDER BY window LIMIT ${STATES_AT_ONCE}`,
  );
  return {
    add({ metric, window, state }) {
      const place = stateAt(metric, window);
      const row = get.get(metric, window) as { state: Uint8Array; crc: number } | undefined;
      const sum = unpackState(state);
      if (row !== undefined) mergeStates(sum, unpackState(verified(place, row.state, row.crc)));
      const bytes = row === undefined ? state : packState(sum);
      put.run(metric, window, sum.n, bytes, checksum(place, bytes));
    },
    read({ metric, from, to }) {
      const rows = (read.all(metric, from, to) as Stored[]).map(({ window, state, crc }) => ({
        metric,
        window,
        state: verified(stateAt(metric, window), state, crc),
      }));
      const last = rows.at(-1);
      return rows.length < STATES_AT_ONCE || last === undefined ? { rows } : { rows, next: last.window + 1 };
    },
    check() {
      for (const { metric, window, state, crc } of db.prepare('SELECT * FROM state').iterate() as Iterable<Stored>) {
        verified(stateAt(metric, window), state, crc);
      }
    },
  };
}
