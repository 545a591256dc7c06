import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { Registry } from '../registry/registry.js';
import { messageOf, RegistryFileError } from './errors.js';
import { importModule, type ModuleExports } from './import-module.js';
import { registryFromText } from './load-json.js';

const MODULES = ['.ts', '.mts', '.js', '.mjs'];

/**
 * Loads a registry from a file: canonical JSON (`.json`), or a module (`.ts`, `.mts`, `.js`, `.mjs`) that exports one
 * as `registry` or exports just one. A module is run, with all its imports: load only what you would run.
 *
 * TypeScript needs the optional peer dependency esbuild, and works on every Node this package supports.
 *
 * @param path - relative to the working directory, or absolute
 * @throws RegistryFileError
 */
export async function loadRegistry(path: string): Promise<Registry> {
  return (await loadNamedRegistry(path)).registry;
}

/** A registry, and what its module exports it as; a JSON file has no name for it. */
export interface NamedRegistry {
  readonly registry: Registry;
  readonly exportName?: string;
}

/** The same with the name. @throws RegistryFileError */
export async function loadNamedRegistry(path: string): Promise<NamedRegistry> {
  const file = resolve(path);
  const extension = extname(file);
  if (extension !== '.json' && !MODULES.includes(extension)) {
    throw new RegistryFileError('file-type-unknown', path, `a registry is a file .json, ${MODULES.join(', ')}`);
  }
  const text = await read(file, path);
  if (extension === '.json') return { registry: registryFromText(text, path) };
  return pickRegistry(await importModule(file, path), path);
}

async function read(file: string, path: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RegistryFileError('file-unreadable', path, messageOf(error), { cause: error });
  }
}

function pickRegistry(module: ModuleExports, path: string): NamedRegistry {
  const found = Object.entries(module).filter((entry): entry is [string, Registry] => isRegistry(entry[1]));
  // One registry under two names, such as a default export of the same, is one.
  const named = found.find(([name]) => name === 'registry') ?? found.find(([name]) => name !== 'default') ?? found[0];
  if (named === undefined) {
    throw new RegistryFileError('no-registry', path, 'export const registry = defineRegistry({ ... })');
  }
  const [exportName, registry] = named;
  if (exportName !== 'registry' && found.some(([, other]) => other !== registry)) {
    throw new RegistryFileError('several-registries', path, 'name the one that is meant "registry"');
  }
  return { registry, exportName };
}

function isRegistry(value: unknown): value is Registry {
  if (typeof value !== 'object' || value === null) return false;
  const { app, fingerprint, metrics, wire, classes } = value as { readonly [key in keyof Registry]?: unknown };
  return (
    typeof app === 'string' &&
    typeof fingerprint === 'string' &&
    typeof metrics === 'object' &&
    Array.isArray(wire) &&
    // One that `dither-registry resolve` made has none, and not enough to be read.
    Array.isArray(classes)
  );
}
