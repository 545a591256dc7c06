import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.js';
import { messageOf, type Position, RegistryFileError } from './errors.js';

export type ModuleExports = { readonly [name: string]: unknown };

/**
 * Imports a JavaScript or TypeScript module. TypeScript is bundled into a temporary folder first, which is gone when
 * this returns.
 * @param file - absolute path
 * @param path - the same as the caller wrote it, for messages
 * @throws RegistryFileError; if the module itself throws, with the position in `file` and the code of a RegistryError
 */
export async function importModule(file: string, path: string): Promise<ModuleExports> {
  if (!/^\.[cm]?ts$/.test(extname(file))) return run(file, file, path);
  const folder = await mkdtemp(join(tmpdir(), 'dither-registry-'));
  try {
    const outfile = join(folder, 'registry.mjs');
    await bundle(file, outfile, path);
    return await run(outfile, file, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(module: string, file: string, path: string): Promise<ModuleExports> {
  const hadSourceMaps = process.sourceMapsEnabled;
  process.setSourceMapsEnabled(true);
  try {
    return (await import(pathToFileURL(module).href)) as ModuleExports;
  } catch (error) {
    // The stack is put into words when it is first read: here, while source maps are on.
    const position = positionIn(file, error);
    const { code, remedy, where } = registryFault(error) ?? {
      code: 'module-failed' as const,
      remedy: messageOf(error),
    };
    const told = where ? `${where}: ${remedy}` : remedy;
    throw new RegistryFileError(code, path, told, { position, cause: error });
  } finally {
    process.setSourceMapsEnabled(hadSourceMaps);
  }
}

type Fault = { code: RegistryFileError['code']; remedy: string; where?: string };

/** Known by its name, not its class: the module may use another copy of this package. */
function registryFault(error: unknown): Fault | undefined {
  return error instanceof Error && error.name === 'RegistryError' ? (error as unknown as Fault) : undefined;
}

/** The innermost place in `file` that the stack names. */
function positionIn(file: string, error: unknown): Position | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const line of stack.split('\n')) {
    const found = /(?:\(|at )(?:file:\/\/)?([^()]+):(\d+):(\d+)\)?$/.exec(line);
    if (found?.[1] === file) return { line: Number(found[2]), column: Number(found[3]) };
  }
  return undefined;
}
