/** A list of objects that each have a text under `key`; an empty one if `text` holds anything else. */
export function parseList<T>(text: string | undefined, key: keyof T & string): readonly T[] {
  const list: unknown = parseObject(text);
  return Array.isArray(list) && list.every((item) => typeof item?.[key] === 'string') ? (list as T[]) : [];
}

/** The object or list that a text holds; an empty object if it holds none. */
export function parseObject(text: string | undefined): { readonly [key: string]: unknown } {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as { [key: string]: unknown }) : {};
  } catch {
    // Not JSON: the caller takes it for nothing.
    return {};
  }
}
