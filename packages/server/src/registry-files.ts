import type { Registry } from '@dither/protocol';
import { loadRegistry, RegistryFileError } from '@dither/protocol/node';
import { ConfigError } from './errors.js';

/** @throws ConfigError */
export function readRegistries(paths: readonly string[]): Promise<readonly Registry[]> {
  return Promise.all(paths.map(readRegistry));
}

/**
 * Reads a registry from its canonical JSON, or from the module that declares it.
 * @throws ConfigError naming the file, where possible the place in it, and what is wrong
 */
export async function readRegistry(path: string): Promise<Registry> {
  try {
    return await loadRegistry(path);
  } catch (error) {
    if (error instanceof RegistryFileError) throw new ConfigError(error.message);
    throw error;
  }
}
