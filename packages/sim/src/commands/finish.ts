import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SimError } from '../errors.js';
import type { Io } from '../io.js';
import type { Page } from '../page/page.js';
import { pageText } from '../page/text.js';
import type { Given } from './command.js';

/** What every report has. */
interface Finished {
  readonly command: string;
  /** Whether the command was stopped: the report is about what was done until then. */
  readonly isPartial?: boolean;
}

/** What a shell expects of a program that was interrupted. */
const INTERRUPTED = 130;

/** Before hours are spent on a page that cannot be written. @throws SimError `argument-invalid`, `file-unwritable` */
export async function checkOut({ out }: Given<'out'>): Promise<void> {
  if (out === undefined) return;
  const file = String(out);
  if (!file.endsWith('.html')) throw new SimError('argument-invalid', '--out is the name of a file that ends in .html');
  try {
    await access(dirname(file), constants.W_OK);
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' });
    if (found !== undefined) await access(file, constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * The end of every command: the report as JSON or as text, and the page as a file where one is wanted.
 *
 * @returns the exit code: 0, or 130 where the command was stopped
 * @throws SimError `file-unwritable`
 */
export async function finish(report: Finished, page: Page, given: Given<'json' | 'out'>, io: Io): Promise<number> {
  io.out(given.json ? `${JSON.stringify(report)}\n` : pageText(page, io));
  if (given.out !== undefined) {
    const file = String(given.out);
    // Most calls want text only.
    const { pageHtml } = await import('../page/html.js');
    await writeFile(file, pageHtml(page)).catch((error: unknown) => {
      throw unwritable(file, error);
    });
  }
  return report.isPartial === true ? INTERRUPTED : 0;
}

/** The end of a command that was stopped before it had anything to show. */
export function finishEmpty(io: Io): number {
  io.note('stopped before there was anything to show\n');
  return INTERRUPTED;
}

function unwritable(file: string, error: unknown): SimError {
  const reason = (error as { code?: unknown }).code ?? 'unknown reason';
  return new SimError('file-unwritable', `the file cannot be written (${String(reason)})`, { file });
}
