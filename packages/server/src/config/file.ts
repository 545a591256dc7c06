import { readFile } from 'node:fs/promises';
import { type LocatedJson, MalformedJsonError, parseLocatedJson } from '@dither/protocol/node';
import { ConfigError } from '../errors.js';

/** A value somebody set, and where. */
export interface Given {
  readonly value: unknown;
  readonly source: string;
}

/**
 * Settings from a file of JSON: one object, whose keys are the settings' names.
 * @returns them by name, unchecked, each with its file, line and column
 * @throws ConfigError
 */
export async function readConfigFile(file: string): Promise<ReadonlyMap<string, Given>> {
  const { value, positionOf } = parse(file, await read(file));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(`${file}: settings are an object, as {"port":8787}`);
  }
  return new Map(
    Object.entries(value).map(([name, setting]) => {
      const { line, column } = positionOf([name]);
      return [name, { value: setting as unknown, source: `${file}:${line}:${column}: ${name}` }];
    }),
  );
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file}: the settings cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parse(file: string, text: string): LocatedJson {
  try {
    return parseLocatedJson(text);
  } catch (error) {
    if (!(error instanceof MalformedJsonError)) throw error;
    const { line, column } = error.position;
    throw new ConfigError(`${file}:${line}:${column}: it is not JSON: ${error.message}`);
  }
}
