import { type BitChannel, bitChannel, type IndexParams, probability, type WordSource } from '@dither/mechanisms';
import type { SubsetParams } from '@dither/mechanisms/subset-selection';
import { type Forgery, type Strategy, supportSays, type Target } from './forgery.js';

/** Reports of one bit per value. */
interface BitParams extends IndexParams {
  readonly bits: BitChannel;
}

/** Chance of a bit that is set by itself, on a grid: finer would be slower, and serve nobody. */
const GRID = 16;

/** Bits set independently: what forgers set beside their targets comes from the mechanism's own randomizer, with other chances. */
export function forgeBits(target: Target, strategy: Exclude<Strategy, 'input'>): Forgery {
  const params = target.params as BitParams;
  const { values } = target;
  const { own, other } = chancesOf(params, values.length, strategy);
  const mass = BigInt(Math.round(other * 2 ** GRID)) << BigInt(64 - GRID);
  const forged = { ...params, bits: bitChannel(mass, mass) };
  const { client } = target.mechanism;
  return {
    says: supportSays(target, own * values.length),
    forge(bytes, at, source) {
      const report = bytes.subarray(at, at + params.reportBytes);
      if ('randomize' in client) client.randomize(forged, 0, source, undefined, report);
      for (const value of values) put(report, value, own === 1 || uniform(source) < own);
      return 0;
    },
  };
}

/** How often forgers set the bit of a target, and any other. */
function chancesOf({ domainSize, bits }: BitParams, targets: number, strategy: Exclude<Strategy, 'input'>) {
  if (strategy === 'maximal') return { own: 1, other: 0 };
  if (strategy === 'random') return { own: 0.5, other: 0.5 };
  // As many ones as honest reports have, on average: that is all of them that a server's state tells.
  const ones = probability(bits.set) + (domainSize - 1) * probability(bits.unset);
  return {
    own: Math.min(1, ones / targets),
    other: targets < domainSize ? Math.max(0, (ones - targets) / (domainSize - targets)) : 0,
  };
}

/** Subsets of one size: the targets, or as many as fit, and chance for the rest. */
export function forgeSubsets(target: Target, strategy: Exclude<Strategy, 'input'>): Forgery {
  const { domainSize, weight, sampler, reportBytes } = target.params as SubsetParams;
  const { values } = target;
  const wanted = new Uint8Array(reportBytes);
  for (const value of values) put(wanted, value, true);
  const isRandom = strategy === 'random';
  const supported = isRandom ? (values.length * weight) / domainSize : Math.min(values.length, weight);
  return {
    says: supportSays(target, supported),
    forge(bytes, at, source) {
      const report = bytes.subarray(at, at + reportBytes);
      sampler.draw(source, report);
      if (isRandom) return 0;
      const missing = shuffled(
        values.filter((value) => !has(report, value)),
        source,
      );
      const spare = shuffled(
        membersOf(report, domainSize).filter((value) => !has(wanted, value)),
        source,
      );
      missing.slice(0, spare.length).forEach((value, i) => {
        put(report, value, true);
        put(report, spare[i] as number, false);
      });
      return 0;
    },
  };
}

function uniform(source: WordSource): number {
  return source.next() / 2 ** 32;
}

function has(bytes: Uint8Array, value: number): boolean {
  return (((bytes[value >> 3] as number) >> (value & 7)) & 1) === 1;
}

function put(bytes: Uint8Array, value: number, isSet: boolean): void {
  const bit = 1 << (value & 7);
  bytes[value >> 3] = isSet ? (bytes[value >> 3] as number) | bit : (bytes[value >> 3] as number) & ~bit;
}

function membersOf(bytes: Uint8Array, domainSize: number): number[] {
  const members: number[] = [];
  for (let value = 0; value < domainSize; value++) if (has(bytes, value)) members.push(value);
  return members;
}

/** In a random order, in place. */
function shuffled(values: number[], source: WordSource): number[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(uniform(source) * (i + 1));
    [values[i], values[j]] = [values[j] as number, values[i] as number];
  }
  return values;
}
