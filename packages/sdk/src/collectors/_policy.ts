/** Every limit and default of the collectors. */
export const policy = {
  /** Milliseconds between measurements of memory: often enough for a typical hour, too seldom to cost anything. */
  memoryInterval: 10 * 60_000,
  /** Facts that stay are said again this often: an app left open for weeks must answer in every period, of a day at least. */
  systemInterval: 6 * 3_600_000,
  /** Errors of a page that goes on closer together than this share a write: one may be thrown in every frame. */
  crashInterval: 1000,
  /** Frames of a signature: who called whom; with each one more, fewer installations say the same. */
  signatureFrames: 4,
  /** Characters of a signature: as many as a text metric keeps unless told. */
  signatureLength: 100,
  /** Characters of one name in it: longer ones were made by machines. */
  nameLength: 40,
  /** Lines of a stack that are looked at: beyond them there is another turn of a recursion. */
  stackLines: 50,
} as const;
