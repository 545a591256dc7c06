import { createCipheriv, createHash, randomInt } from 'node:crypto';

/** Reproducible choices, all from one text. */
export interface Random {
  /** Uniform in [0, below). */
  int(below: number): number;
  /** True once in `times`. */
  once(times: number): boolean;
  bytes(length: number): Buffer;
  pick<T>(from: readonly T[]): T;
}

const BLOCK = Buffer.alloc(1 << 14);

/** AES in counter mode, keyed with the seed. */
export function randomFrom(seed: string): Random {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  let [block, at] = [BLOCK, BLOCK.length];
  function take(length: number): Buffer {
    if (at + length > block.length) [block, at] = [cipher.update(BLOCK), 0];
    at += length;
    return block.subarray(at - length, at);
  }
  const int = (below: number) => Math.floor((take(4).readUInt32LE() / 2 ** 32) * below);
  return {
    int,
    once: (times) => int(times) === 0,
    // A copy: the block's bytes would be kept by whoever keeps these.
    bytes: (length) => Buffer.from(length > BLOCK.length ? cipher.update(Buffer.alloc(length)) : take(length)),
    pick: (from) => from[int(from.length)] as (typeof from)[number],
  };
}

/** The seed of this run, said aloud so that it can be had again: `TEST_SEED`, or a new one. */
export function announcedSeed(of: string): string {
  const seed = process.env['TEST_SEED'] ?? String(randomInt(2 ** 32));
  process.stdout.write(`${of}: TEST_SEED=${seed}\n`);
  return `${of} ${seed}`;
}
