import type { Random } from '../support/random.js';

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const EDGES = [0, 1, 2, 3, 7, 8, 15, 16, 127, 128, 254, 255];
const WIDE_EDGES = [0, 1, 255, 256, 20_000, 20_776, 20_777, 20_778, 32_767, 32_768, 65_534, 65_535];

const cut = (bytes: Buffer, from: number, to: number, instead: Buffer = Buffer.alloc(0)) =>
  Buffer.concat([bytes.subarray(0, from), instead, bytes.subarray(to)]);

function changed(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) =>
    changed(bytes, (copy) => {
      const at = random.int(copy.length);
      copy[at] = (copy[at] as number) ^ (1 << random.int(8));
    }),
  (bytes, random) =>
    changed(bytes, (copy) => {
      copy[random.int(copy.length)] = random.pick(EDGES);
    }),
  (bytes, random) =>
    changed(bytes, (copy) => {
      if (copy.length > 1) copy.writeUInt16LE(random.pick(WIDE_EDGES), random.int(copy.length - 1));
    }),
  (bytes, random) => cut(bytes, random.int(bytes.length), bytes.length),
  (bytes, random) => Buffer.concat([bytes, random.bytes(1 + random.int(40))]),
  (bytes, random) => {
    const from = random.int(bytes.length);
    return cut(bytes, from, from + 1 + random.int(4));
  },
  (bytes, random) => {
    const [from, to] = [random.int(bytes.length), random.int(bytes.length)].sort((a, b) => a - b) as [number, number];
    return cut(bytes, from, from, bytes.subarray(from, to));
  },
];

/** Some bytes flipped, set to edges, cut out, repeated, or come after the end. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  return bytes.length === 0 ? random.bytes(1 + random.int(64)) : random.pick(MUTATIONS)(bytes, random);
}

/** The beginning of one and the end of another. */
export function splice(one: Buffer, other: Buffer, random: Random): Buffer {
  return Buffer.concat([one.subarray(0, random.int(one.length + 1)), other.subarray(random.int(other.length + 1))]);
}
