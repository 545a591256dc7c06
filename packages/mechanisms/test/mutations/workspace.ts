import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const PACKAGE = resolve(import.meta.dirname, '../..');
const ROOT = resolve(PACKAGE, '../..');

/** Like the repository's own, for one package and one worker, and stopping at the first failure. */
const CONFIG = `export default {
  cacheDir: '.vite',
  test: { include: ['test/**/*.test.ts'], testTimeout: 120_000, maxWorkers: 1, fileParallelism: false, bail: 1 },
};
`;

/** Longer than the named tests ever take; a bug may well never end. */
const MAX_MS = 300_000;

/** What a run of tests came to. */
export interface Run {
  /** Tests that passed or failed. */
  readonly ran: number;
  /** The first that failed. */
  readonly failed?: string;
  /** Why nothing can be said: a file that does not load, say. */
  readonly broken?: string;
}

/** The JSON report, as far as it is looked at. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A copy of this package in a temporary folder, whose source may be changed and whose tests run as in the original. */
export class Workspace {
  readonly #root: string;
  readonly #package: string;

  private constructor(root: string) {
    this.#root = root;
    this.#package = join(root, 'packages/mechanisms');
  }

  static async make(): Promise<Workspace> {
    const workspace = new Workspace(mkdtempSync(join(tmpdir(), 'dither-mutations-')));
    const at = workspace.#package;
    mkdirSync(at, { recursive: true });
    for (const part of ['src', 'test', 'vectors', 'package.json']) {
      cpSync(join(PACKAGE, part), join(at, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(workspace.#root, 'node_modules'));
    symlinkSync(join(PACKAGE, 'node_modules'), join(at, 'node_modules'));
    writeFileSync(join(at, 'vitest.config.mjs'), CONFIG);
    await workspace.#build('**/*');
    return workspace;
  }

  /** Types are not looked at: a bug that they would refuse must be caught by a test all the same. */
  async #build(files: string): Promise<void> {
    await build({
      absWorkingDir: this.#package,
      entryPoints: [`src/${files}.ts`],
      outbase: 'src',
      outdir: 'dist',
      format: 'esm',
      target: 'es2022',
      logLevel: 'silent',
    });
  }

  read(file: string): string {
    return readFileSync(join(this.#package, 'src', file), 'utf8');
  }

  async write(file: string, source: string): Promise<void> {
    writeFileSync(join(this.#package, 'src', file), source);
    await this.#build(file.replace(/\.ts$/, ''));
  }

  /** Runs test files, or those of their tests whose names `only` matches, until one fails. */
  async run(files: readonly string[], only: string | undefined): Promise<Run> {
    const report = join(this.#root, 'report.json');
    rmSync(report, { force: true });
    const output = await execute(this.#package, [
      'run',
      ...files.map((file) => `test/${file}`),
      ...(only === undefined ? [] : ['--testNamePattern', only]),
      '--reporter=json',
      `--outputFile=${report}`,
    ]);
    try {
      return summary(JSON.parse(readFileSync(report, 'utf8')) as Report);
    } catch {
      return { ran: 0, broken: output };
    }
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }
}

/** Runs vitest; @returns what it said */
function execute(folder: string, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args], {
      cwd: folder,
      // Without what the surrounding run of tests has set.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      timeout: MAX_MS,
    });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    child.on('error', fail);
    child.on('close', () => done(output));
  });
}

function summary({ testResults }: Report): Run {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const ran = tests.filter(({ status }) => status === 'passed' || status === 'failed').length;
  const failed = tests.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { ran, failed: failed.fullName };
  const unloaded = testResults.find(({ status }) => status === 'failed');
  if (unloaded !== undefined) return { ran, broken: `${unloaded.name}: ${unloaded.message}` };
  return ran === 0 ? { ran, broken: 'no test has such a name' } : { ran };
}
