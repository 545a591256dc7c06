import { type Mutation, mutate } from './mutation.js';
import { type Run, Workspace } from './workspace.js';

export interface Outcome {
  /** The test that saw the bug; none if none did. */
  readonly caughtBy?: string;
  /** Why it cannot be told: the replacement does not apply, the tests fail without it, or nothing runs. */
  readonly trouble?: string;
  readonly seconds: number;
}

/** Plants bugs in copies of the package and runs the tests that ought to see them, in each copy one at a time. */
export class Hunt {
  readonly #idle: Workspace[] = [];
  readonly #waiting: ((workspace: Workspace) => void)[] = [];
  /** What the tests come to without a bug: that one fails says something only if it does not fail anyway. */
  readonly #sound = new Map<string, Promise<Run>>();

  static async begin(copies: number): Promise<Hunt> {
    const hunt = new Hunt();
    for (let i = 0; i < copies; i++) hunt.#idle.push(await Workspace.make());
    return hunt;
  }

  end(): void {
    for (const workspace of this.#idle) workspace.remove();
  }

  async seek(mutation: Mutation): Promise<Outcome> {
    const workspace = this.#idle.pop() ?? (await new Promise<Workspace>((take) => this.#waiting.push(take)));
    const start = performance.now();
    try {
      const found = await this.#seekIn(workspace, mutation);
      return { ...found, seconds: (performance.now() - start) / 1000 };
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(workspace);
      else next(workspace);
    }
  }

  async #seekIn(workspace: Workspace, mutation: Mutation): Promise<Omit<Outcome, 'seconds'>> {
    const { file, tests, only } = mutation;
    const source = workspace.read(file);
    const mutant = mutate(source, mutation);
    const key = JSON.stringify([tests, only]);
    const sound = this.#sound.get(key) ?? workspace.run(tests, only);
    this.#sound.set(key, sound);
    const { failed, broken } = await sound;
    if (failed !== undefined) return { trouble: `fails without it: ${failed}` };
    if (broken !== undefined) return { trouble: `does not run without it: ${broken}` };
    await workspace.write(file, mutant);
    try {
      const run = await workspace.run(tests, only);
      if (run.broken !== undefined) return { trouble: `does not run: ${run.broken}` };
      return run.failed === undefined ? {} : { caughtBy: run.failed };
    } finally {
      await workspace.write(file, source);
    }
  }
}
