import { createCipheriv } from 'node:crypto';
import { blockSource, type WordSource } from '@dither/mechanisms';
import { chargePerWindow, drawParticipation, type ParticipationClass } from '../registry/participation.js';

/** Drawn installations where no closed form is had: a share is then right to about 0.4 points. */
const DRAWS = 20_000;

/**
 * How likely each metric of a class is drawn. Exact where all fit or all charge the same; otherwise by drawing, over
 * a fixed stream of words, so that the same registry prints the same figures.
 */
export function inclusionShares(participation: ParticipationClass, windowDays: number): ReadonlyMap<string, number> {
  const { cap, metrics } = participation;
  const charges = metrics.map((metric) => chargePerWindow(metric, windowDays));
  const [first = 0] = charges;
  if (charges.reduce((sum, charge) => sum + charge, 0) <= cap) return new Map(metrics.map(({ id }) => [id, 1]));
  if (charges.every((charge) => charge === first)) {
    const share = Math.floor(cap / first) / metrics.length;
    return new Map(metrics.map(({ id }) => [id, share]));
  }
  const drawn = new Map(metrics.map(({ id }) => [id, 0]));
  const source = fixedSource();
  for (let i = 0; i < DRAWS; i++) {
    for (const id of drawParticipation([participation], windowDays, source)) drawn.set(id, (drawn.get(id) ?? 0) + 1);
  }
  return new Map([...drawn].map(([id, times]) => [id, times / DRAWS]));
}

/** AES in counter mode under a fixed key: fast, uniform, and the same each time. Nothing private is drawn from it. */
function fixedSource(): WordSource {
  const cipher = createCipheriv('aes-128-ctr', new Uint8Array(16), new Uint8Array(16));
  return blockSource((words) => {
    const stream = cipher.update(new Uint8Array(words.byteLength));
    words.forEach((_, i) => {
      words[i] = stream.readUInt32LE(4 * i);
    });
  }, 1024);
}
