import { MAX_ANSWER_LENGTH } from './policy.js';

/** What a text says that somebody else may have written; undefined for null, for one that is not JSON, and for none. */
export function parseJson<T>(text: string | undefined): T | undefined {
  try {
    return JSON.parse(text ?? '') ?? undefined;
  } catch {
    return undefined;
  }
}

/** The object that an answer holds; an empty one for what is longer than any answer of ours, or none. */
export function parseAnswer<T extends object>(text: string | undefined): Partial<T> {
  return Object(text && text.length <= MAX_ANSWER_LENGTH && parseJson(text));
}
