import { writeFile } from 'node:fs/promises';
import { messageOf, RegistryFileError } from '../node/errors.js';

/** @throws RegistryFileError `file-unwritable` */
export async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new RegistryFileError('file-unwritable', file, messageOf(error), { cause: error });
  }
}

/** To the file that was asked for, or else to standard output. */
export async function deliver(text: string, out: string | boolean | undefined, print: (text: string) => void) {
  if (typeof out === 'string') await write(out, text);
  else print(text);
}
