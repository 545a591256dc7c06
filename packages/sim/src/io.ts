/** What a command may touch of the process. */
export interface Io {
  /** The result. */
  readonly out: (text: string) => void;
  /** What happens meanwhile. */
  readonly note: (text: string) => void;
  /** Whether notes are read as they come: progress is shown only then. */
  readonly isTerminal: boolean;
}
