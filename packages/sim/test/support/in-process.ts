import type { Io } from '../../src/io.js';
import { program } from '../../src/program.js';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** The program in this process: no terminal, and nobody stops it unless told. */
export async function simWith(changes: Partial<Io>, ...args: string[]): Promise<Outcome> {
  let [out, notes] = ['', ''];
  const code = await program(args, {
    out: (text) => {
      out += text;
    },
    note: (text) => {
      notes += text;
    },
    isTerminal: false,
    isColoured: false,
    now: () => 0,
    stop: new AbortController().signal,
    ...changes,
  });
  return { code, out, notes };
}

export async function sim(...args: string[]): Promise<Outcome> {
  return simWith({}, ...args);
}
