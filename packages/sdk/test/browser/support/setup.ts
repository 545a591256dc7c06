import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Bundled scripts by their paths on the site. */
    readonly bundles: { readonly [path: string]: string };
  }
}

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const apps = fileURLToPath(new URL('../apps/', import.meta.url));

/** Once for all files: bundles the apps of the tests, and takes the very bundle whose size is measured. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('bundles', { ...(await bundled()), '/one-boolean.js': await measured() });
}

async function bundled(): Promise<{ readonly [path: string]: string }> {
  const { outputFiles } = await build({
    absWorkingDir: apps,
    entryPoints: ['*.ts'],
    outdir: '/',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path, text]));
}

async function measured(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dither-measured-'));
  try {
    await promisify(execFile)('node', ['scripts/sizes.mjs', '--out', folder], { cwd: root });
    return await readFile(join(folder, 'one-boolean.js'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}
