import { createHash } from 'node:crypto';
import { TextDecoder } from 'node:util';
import { ProblemError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { CandidateList } from '../storage/storage.js';

/** A list as it was read, and what was left out of it. */
export interface ReadCandidates extends Omit<CandidateList, 'name'> {
  /** Lines that repeat an earlier one. */
  readonly duplicates: number;
  /** Lines without a text. */
  readonly empty: number;
}

export type CandidateLimits = {
  readonly [limit in 'maxCandidateBytes' | 'maxCandidates' | 'maxCandidateLength']: number;
};

/**
 * Reads texts, one a line, each line ended by LF or CRLF, as they arrive: the event loop is never held for longer than a
 * chunk takes. Nothing is trimmed: a device reports texts as they are. One byte order mark is skipped.
 *
 * @throws ProblemError `candidates-invalid` (not UTF-8, a line too long, no text), `candidates-too-large`
 */
export async function readCandidates(
  chunks: AsyncIterable<Uint8Array>,
  limits: CandidateLimits = serverPolicy,
): Promise<ReadCandidates> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const texts = new Set<string>();
  let [bytes, lines, empty] = [0, 0, 0];
  let rest = '';

  function take(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    checkLength(text, limits);
    lines++;
    if (text === '') empty++;
    else texts.add(text);
    if (lines > limits.maxCandidates) throw new ProblemError('candidates-too-large', sizes(limits));
  }

  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.maxCandidateBytes) throw new ProblemError('candidates-too-large', sizes(limits));
    const [first = '', ...others] = decode(decoder, chunk).split('\n');
    rest += first;
    for (const line of others) {
      take(rest);
      rest = line;
    }
    // One more, for the CR that may end it.
    checkLength(rest.slice(0, -1), limits);
  }
  rest += decode(decoder);
  if (rest !== '') take(rest);
  if (texts.size === 0) throw new ProblemError('candidates-invalid', 'one text per line, at least one');
  return { ...packed(texts), duplicates: lines - empty - texts.size, empty };
}

function packed(texts: ReadonlySet<string>): Omit<CandidateList, 'name'> {
  const bytes = new TextEncoder().encode([...texts, ''].join('\n'));
  return { count: texts.size, sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}

/** The texts of a list that is kept. */
export function textsOf({ bytes }: Pick<CandidateList, 'bytes'>): readonly string[] {
  // The mark that an upload may begin with was skipped when it was read; another one belongs to a text.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\n').slice(0, -1);
}

function checkLength(text: string, { maxCandidateLength }: CandidateLimits): void {
  if (text.length > maxCandidateLength) {
    throw new ProblemError('candidates-invalid', `a line has at most ${maxCandidateLength} UTF-16 code units`);
  }
}

function sizes({ maxCandidateBytes, maxCandidates }: CandidateLimits): string {
  return `at most ${maxCandidateBytes} bytes and ${maxCandidates} lines`;
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    // The engine's message says nothing of use, and the list is not repeated.
    throw new ProblemError('candidates-invalid', 'UTF-8');
  }
}
