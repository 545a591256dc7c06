import type { Records } from './recorder.js';

/** What was recorded and is not kept yet: what the text of a crash note holds. */
export interface Pending {
  /** The consent it was recorded under; undefined before storage was read. */
  readonly grants: number | undefined;
  readonly records: Records;
}
