/** What an accuracy depends on: one of the three follows from the others. */
export interface World {
  /** Of one report. */
  readonly epsilon: number;
  /** Installations that report. */
  readonly n: number;
  /** As `Task.wanted`. */
  readonly accuracy: number;
}
