import { catalogue } from '@dither/mechanisms/catalogue';
import { RegistryError } from '../registry/errors.js';
import { registryFromJson } from '../registry/json.js';
import type { Registry } from '../registry/registry.js';
import { type Position, RegistryFileError } from './errors.js';
import { JsonSyntaxError, scanJson } from './scan-json.js';

/**
 * A registry from its canonical JSON.
 * @param file - its name, for messages
 * @throws RegistryFileError with line and column
 */
export function registryFromText(text: string, file: string): Registry {
  const keys = new Map<string, number>();
  try {
    scanJson(text, (path, offset) => keys.set(path.join('\n'), offset));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new RegistryFileError('json-malformed', file, error.message, { position: positionOf(text, error.offset) });
  }
  try {
    return registryFromJson(JSON.parse(text), catalogue);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const offset = keys.get(`metrics\n${error.where}`) ?? 0;
    const remedy = error.where === '' ? error.remedy : `${error.where}: ${error.remedy}`;
    throw new RegistryFileError(error.code, file, remedy, { position: positionOf(text, offset), cause: error });
  }
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
