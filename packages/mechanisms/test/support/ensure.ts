/** Throws unless `holds`. The checks of the contract are plain functions that throw, so that tests can watch them fail. */
export function ensure(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** The code of the MechanismError that `act` throws, or what happened instead. */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Error && error.name === 'MechanismError' && 'code' in error) return String(error.code);
    return `threw ${String(error)}`;
  }
  return 'returned';
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
