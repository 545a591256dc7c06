import { hmacSha256 } from '../hash/hmac.js';
import { type BlockSource, sourceFrom } from './word-source.js';

/**
 * Words that a key and a message determine: HMAC-SHA-256 of the message followed by a counter (four bytes, big-endian),
 * read as eight big-endian words a block.
 *
 * The published RAPPOR draws the permanent response of a value so, from a device's secret (Erlingsson, Pihur, Korolova
 * 2014, section 4). A device of ours draws it with fresh coins and stores it; this form is for test vectors, and counts as
 * seeded: whoever has the key can tell the words.
 */
export function keyedSource(key: Uint8Array, message: Uint8Array): BlockSource {
  const input = new Uint8Array(message.length + 4);
  input.set(message);
  const counter = new DataView(input.buffer, message.length);
  let block: DataView = new DataView(new ArrayBuffer(0));
  let blocks = 0;
  let at = 0;
  return sourceFrom(() => {
    if (at === block.byteLength) {
      counter.setUint32(0, blocks++);
      block = new DataView(hmacSha256(key, input).buffer);
      at = 0;
    }
    at += 4;
    return block.getUint32(at - 4);
  });
}
