/** Throws unless `holds`. The checks of the contract are plain functions that throw, so that tests can watch them fail. */
export function ensure(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** The code of the MechanismError that `act` throws, or what happened instead. */
export function codeOf(act: () => unknown): string {
  const limit = Error.stackTraceLimit;
  // Of all byte strings a hundred thousand are refused, and nobody reads where: the traces take most of the time.
  Error.stackTraceLimit = 0;
  try {
    act();
  } catch (error) {
    if (error instanceof Error && error.name === 'MechanismError' && 'code' in error) return String(error.code);
    return `threw ${String(error)}`;
  } finally {
    Error.stackTraceLimit = limit;
  }
  return 'returned';
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
