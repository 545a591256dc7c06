import type { Registry } from '@dither/protocol';
import { loadRegistry, RegistryFileError } from '@dither/protocol/node';
import { ConfigError } from './config.js';

/**
 * Reads registries from their canonical JSON, or from the modules that declare them.
 * @throws ConfigError naming the file, where possible the place in it, and what is wrong
 */
export function readRegistries(paths: readonly string[]): Promise<readonly Registry[]> {
  return Promise.all(paths.map(readRegistry));
}

async function readRegistry(path: string): Promise<Registry> {
  try {
    return await loadRegistry(path);
  } catch (error) {
    if (error instanceof RegistryFileError) throw new ConfigError(error.message);
    throw error;
  }
}
