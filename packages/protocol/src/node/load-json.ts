import { catalogue } from '@dither/mechanisms/catalogue';
import { RegistryError } from '../registry/errors.js';
import { registryFromJson } from '../registry/json.js';
import type { Registry } from '../registry/registry.js';
import { RegistryFileError } from './errors.js';
import { type LocatedJson, MalformedJsonError, parseLocatedJson } from './located-json.js';

/**
 * A registry from its canonical JSON.
 * @param file - its name, for messages
 * @throws RegistryFileError with line and column
 */
export function registryFromText(text: string, file: string): Registry {
  try {
    const json = parseLocatedJson(text);
    return readLocated(json, file);
  } catch (error) {
    if (!(error instanceof MalformedJsonError)) throw error;
    throw new RegistryFileError('json-malformed', file, error.message, { position: error.position });
  }
}

function readLocated(json: LocatedJson, file: string): Registry {
  try {
    return registryFromJson(json.value, catalogue);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const { code, where } = error;
    const position = json.positionOf(where === '' ? [] : ['metrics', where]);
    const remedy = where === '' ? error.remedy : `${where}: ${error.remedy}`;
    throw new RegistryFileError(code, file, remedy, { position, cause: error });
  }
}
