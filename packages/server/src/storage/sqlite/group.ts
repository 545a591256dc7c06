/** A group of batches as one log row holds it: each batch after its length in four bytes, little-endian. */
const LENGTH_BYTES = 4;

export function packGroup(batches: readonly { readonly bytes: Uint8Array }[]): Uint8Array<ArrayBuffer> {
  const total = batches.reduce((sum, { bytes }) => sum + LENGTH_BYTES + bytes.length, 0);
  const group = new Uint8Array(total);
  const view = new DataView(group.buffer);
  let at = 0;
  for (const { bytes } of batches) {
    view.setUint32(at, bytes.length, true);
    group.set(bytes, at + LENGTH_BYTES);
    at += LENGTH_BYTES + bytes.length;
  }
  return group;
}

/** The batches of a group, as they lie in it. */
export function* unpackGroup(group: Uint8Array): Iterable<Uint8Array> {
  const view = new DataView(group.buffer, group.byteOffset, group.byteLength);
  for (let at = 0; at < group.length; ) {
    const start = at + LENGTH_BYTES;
    at = start + view.getUint32(at, true);
    yield group.subarray(start, at);
  }
}
