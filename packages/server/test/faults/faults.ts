import { constants, openSync, readdirSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { shim } from './shim.js';
import { undoUnsynced } from './undo.js';

/** Bits and numbers of shim.c. */
const CALLS = { sync: 1, write: 2, truncate: 4, unlink: 8 } as const;
const ACTIONS = {
  fail: 1,
  delay: 2,
  'kill-before': 3,
  'kill-after': 4,
  tear: 5,
  shorten: 6,
  lie: 7,
  keep: 8,
  undo: 9,
} as const;

export type Call = keyof typeof CALLS;

/** What to do to calls on files whose path has `path` in it. */
export interface Fault {
  readonly path: string;
  readonly calls: readonly Call[];
  /**
   * `fail`: with `error`. `delay`: by `milliseconds`. `kill-before`, `kill-after`: SIGKILL. `tear`: half a write, then
   * SIGKILL. `shorten`: writes `bytes` at most. `lie`: a sync that says it was done. `keep`: copies what a
   * truncation or removal takes away, see {@link Faults.kept}. `undo`: remembers what {@link Faults.powerCut} takes back.
   */
  readonly action: keyof typeof ACTIONS;
  readonly error?: 'EIO' | 'ENOSPC';
  readonly milliseconds?: number;
  readonly bytes?: number;
  /** The first matching call it happens to, from 1; and to how many, all unless told. */
  readonly first?: number;
  readonly times?: number;
}

/** Faults of one process, or of several one after the other. */
export interface Faults {
  /** Of the process: what loads the shim and tells it where to look. */
  readonly environment: { readonly [name: string]: string };
  /** From now on these, and no others; at most 8. Counts begin anew. */
  set(...faults: readonly Fault[]): void;
  /** How often fault `i` of those set has happened. */
  done(i: number): number;
  /** Calls that fault `i` was for, whether it happened to them or not. */
  seen(i: number): number;
  /** Moves the time of day from what the machine says. */
  moveClock(milliseconds: number): void;
  /** What the calls that a `keep` was for took from files. */
  kept(): readonly Buffer[];
  /** After the process was killed: takes back what it wrote to the files of `folder` and had not synced. */
  powerCut(folder: string): void;
}

const HEADER_BYTES = 16;
const RULE_BYTES = 128;
const PATH_AT = 56;
const RULES = 8;

/** @param path - of the control file, in a folder that outlives the process */
export function openFaults(path: string): Faults {
  if (shim === undefined) throw new Error('there is no shim here');
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC);
  writeSync(file, Buffer.alloc(HEADER_BYTES + RULES * RULE_BYTES));
  const at = (i: number) => HEADER_BYTES + i * RULE_BYTES;
  const own = (kind: string) =>
    readdirSync(dirname(path))
      .filter((name) => name.startsWith(`${basename(path)}.${kind}.`))
      .map((name) => join(dirname(path), name));
  const count = (position: number) => {
    const eight = Buffer.alloc(8);
    readSync(file, eight, 0, 8, position);
    return Number(eight.readBigInt64LE());
  };

  return {
    environment: { LD_PRELOAD: shim, FAULTS_FILE: path },
    set(...faults) {
      if (faults.length > RULES) throw new Error(`at most ${RULES} faults`);
      for (let i = 0; i < RULES; i++) writeSync(file, Buffer.alloc(RULE_BYTES), 0, RULE_BYTES, at(i));
      faults.forEach((fault, i) => {
        // What a rule is about comes last: until then it is about nothing.
        const rule = ruleOf(fault);
        writeSync(file, rule, 8, RULE_BYTES - 8, at(i) + 8);
        writeSync(file, rule, 0, 8, at(i));
      });
    },
    seen: (i) => count(at(i) + 40),
    done: (i) => count(at(i) + 48),
    moveClock(milliseconds) {
      const eight = Buffer.alloc(8);
      eight.writeBigInt64LE(BigInt(milliseconds));
      writeSync(file, eight, 0, 8, 0);
    },
    kept: () => own('kept').map((copy) => readFileSync(copy)),
    powerCut(folder) {
      for (const record of own('undo')) {
        undoUnsynced(readFileSync(record), Number(record.split('.').at(-1)), folder);
        rmSync(record);
      }
    },
  };
}

function ruleOf(fault: Fault): Buffer {
  const { calls, action, path, error, first = 1, times = 0 } = fault;
  const argument = error === undefined ? (fault.milliseconds ?? fault.bytes ?? 0) : osConstants.errno[error];
  const rule = Buffer.alloc(RULE_BYTES);
  const mask = calls.reduce((bits, call) => bits | CALLS[call], 0);
  [mask, ACTIONS[action], argument, first, times].forEach((number, i) => {
    rule.writeBigInt64LE(BigInt(number), 8 * i);
  });
  if (rule.write(path, PATH_AT) >= RULE_BYTES - PATH_AT) throw new Error('that path is too long');
  return rule;
}
