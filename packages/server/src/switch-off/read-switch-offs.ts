import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SwitchOffError } from '../errors.js';
import type { SwitchOffDocument } from './document.js';

/** An empty list is of use: it ends before its day what an earlier document began. */
const schema = z.strictObject({ app: z.string(), off: z.array(z.string()), until: z.number().int() });

/**
 * Reads documents from files of JSON, in any layout: what is served is written anew.
 * @throws SwitchOffError naming the file
 */
export function readSwitchOffs(paths: readonly string[]): Promise<readonly SwitchOffDocument[]> {
  return Promise.all(paths.map(readSwitchOff));
}

async function readSwitchOff(path: string): Promise<SwitchOffDocument> {
  const parsed = schema.safeParse(parseJson(path, await readText(path)));
  if (parsed.success) return { ...parsed.data, source: path };
  const places = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'a document'}: ${issue.message}`);
  throw new SwitchOffError('switch-off-invalid', path, places.join('; '));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SwitchOffError('switch-off-unreadable', path, (error as NodeJS.ErrnoException).code ?? 'cannot be read');
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SwitchOffError('switch-off-invalid', path, 'it is not JSON');
  }
}
