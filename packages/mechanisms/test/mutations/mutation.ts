import type { CheckName } from '../mechanism.contract.js';

/** A bug, planted by a replacement in the source. */
export interface Mutation {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  /** Stands in the file once. */
  readonly find: string;
  readonly replace: string;
  /** The test files that ought to see it, below `test`. */
  readonly tests: readonly string[];
  /** Of these the tests whose full names this regular expression matches; all unless told. */
  readonly only?: string;
}

/** A check of the contract, of one mechanism. */
export function contractOf(id: string, check: CheckName): Pick<Mutation, 'tests' | 'only'> {
  return { tests: ['catalogue.test.ts'], only: `the catalogue ${id} ${check}` };
}

/** The source with the bug. @throws Error where the replacement does not apply, or changes nothing */
export function mutate(source: string, { file, find, replace }: Mutation): string {
  const times = source.split(find).length - 1;
  if (times !== 1) throw new Error(`${times} places in ${file} read: ${find}`);
  if (replace === find) throw new Error(`nothing is replaced in ${file}`);
  // A function, so that no $ is special.
  return source.replace(find, () => replace);
}
