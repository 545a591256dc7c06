import { readFile } from 'node:fs/promises';
import { catalogue } from '@dither/mechanisms/catalogue';
import { type Registry, RegistryError, registryFromJson } from '@dither/protocol';
import { ConfigError } from './config.js';

/** Reads registries from their canonical JSON. @throws ConfigError naming the file and what is wrong with it */
export function readRegistries(paths: readonly string[]): Promise<readonly Registry[]> {
  return Promise.all(paths.map(readRegistry));
}

async function readRegistry(path: string): Promise<Registry> {
  try {
    return registryFromJson(JSON.parse(await readFile(path, 'utf8')), catalogue);
  } catch (error) {
    if (
      error instanceof RegistryError ||
      error instanceof SyntaxError ||
      (error as { code?: string }).code === 'ENOENT'
    ) {
      throw new ConfigError(`${path}: ${(error as Error).message}`);
    }
    throw error;
  }
}
