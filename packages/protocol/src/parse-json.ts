/** What a text says that somebody else may have written; undefined for null, for one that is not JSON, and for none. */
export function parseJson<T>(text: string | undefined): T | undefined {
  try {
    return JSON.parse(text ?? '') ?? undefined;
  } catch {
    return undefined;
  }
}
