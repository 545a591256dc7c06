/** What a command may touch of the process. */
export interface Io {
  /** The result. */
  readonly out: (text: string) => void;
  /** What happens meanwhile. */
  readonly note: (text: string) => void;
  /** Whether notes are read as they come: progress is shown only then. */
  readonly isTerminal: boolean;
  /** Whether the result may be coloured. */
  readonly isColoured: boolean;
  /** Milliseconds since some moment: for progress alone, never for a result. */
  readonly now: () => number;
  /**
   * Aborted when somebody asks to stop. A command looks at it between repetitions, having given the event loop a turn,
   * and shows what is done so far.
   */
  readonly stop: AbortSignal;
}
