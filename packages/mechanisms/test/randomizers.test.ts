import { type Client, type LatchedClient, type Mechanism, type Params, sourceFrom } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { describe, expect, it } from 'vitest';
import { acceptedDomains, type Case, indexCase, smallCases, type Value } from './contract/case.js';
import { codeOf, hex } from './support/ensure.js';
import { seededSource } from './support/seeded.js';

/** Beside small domains: several digits, bytes and groups of bits. */
const DOMAINS = [9, 63, 64, 200, 1000];
const EPSILONS = [0.000001, 0.5, 1, 4, 10, 16];

type OneStage = Client<Params, unknown, Value>;
type TwoStages = LatchedClient<never, unknown, Value>;
type Device = OneStage | TwoStages;

function randomizerOf(mechanism: Mechanism): Device {
  return (mechanism as unknown as { readonly randomizer: Device }).randomizer;
}

/** What of the params is data, numbers, texts, lists and plain objects of them, as it comes back from a registry's JSON. */
function plainOf(params: Params): Params {
  return JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(params).filter(([, part]) => isData(part)))));
}

function isData(part: unknown): boolean {
  if (Array.isArray(part)) return part.every(isData);
  if (typeof part !== 'object' || part === null) return ['string', 'number', 'boolean'].includes(typeof part);
  return Object.getPrototypeOf(part) === Object.prototype && Object.values(part).every(isData);
}

/** The params of a device that has but the data. */
function derived({ mechanism, params }: Case): Params {
  const plain = plainOf(params);
  return randomizerOf(mechanism).derive?.(plain as never) ?? plain;
}

/** What is stored and sent of a value, from the words of a seed, and how many of these it takes. */
function run(device: Device, params: Params, value: Value, draw: number, seed: string): string {
  const words = seededSource(seed);
  let drawn = 0;
  const source = sourceFrom(() => {
    drawn++;
    return words.next();
  }, 1);
  if ('randomize' in device) {
    const report = device.randomize(params, value, source, draw);
    return `${hex(device.encode(params, report))}, ${drawn} words`;
  }
  const permanent = device.latch(params as never, value, draw, source);
  const stored = hex(permanent);
  return `${stored}, ${hex(device.encode(params as never, device.report(params as never, permanent, source)))}, ${drawn} words`;
}

function casesOf(mechanism: Mechanism): Case[] {
  const small = smallCases(mechanism, EPSILONS);
  if (mechanism.answers === 'texts') return small;
  const sizes = acceptedDomains(mechanism, DOMAINS);
  return [...small, ...sizes.flatMap((size) => EPSILONS.map((epsilon) => indexCase(mechanism, epsilon, size)))];
}

describe.each([...catalogue.values()])('the randomizer of $id', (mechanism) => {
  const randomizer = randomizerOf(mechanism);
  const client = mechanism.client as unknown as Device;
  const isLatched = 'latch' in client;

  it('makes of data, and of the same words, what the client makes of its params', () => {
    for (const testCase of casesOf(mechanism)) {
      const { params, values, draws } = testCase;
      const own = derived(testCase);
      // Every value of a small domain.
      const some = values.length <= 10 ? values : [0, 1, 62, values.length - 1];
      for (const value of some) {
        for (let i = 0; i < 4; i++) {
          const seed = `randomizers/${mechanism.id}/${value}/${i}`;
          const draw = seededSource(`${seed}/draw`).next() % (isLatched ? 64 : draws);
          expect(run(randomizer, own, value, draw, seed)).toBe(run(client, params, value, draw, seed));
        }
      }
    }
  });

  it('derives just where params are more than data', () => {
    const isMore = smallCases(mechanism, [1]).some(({ params }) => !isData(params));
    expect(randomizer.derive !== undefined).toBe(isMore);
  });

  it('is the device’s part alone', () => {
    const stages = isLatched ? ['latch', 'report'] : ['randomize'];
    expect(Object.keys(randomizer).filter((name) => name !== 'derive')).toEqual([...stages, 'encode']);
  });

  it('refuses what is no value, and what was not stored, before it draws', () => {
    for (const testCase of smallCases(mechanism, [1])) {
      const params = derived(testCase) as never;
      const unused = sourceFrom(() => {
        throw new Error('drew a word');
      });
      const isIndex = testCase.answers !== 'texts';
      for (const value of isIndex ? [-1, testCase.params.domainSize, 0.5, Number.NaN, '0'] : []) {
        const act = () =>
          isLatched
            ? (randomizer as TwoStages).latch(params, value, 0, unused)
            : (randomizer as OneStage).randomize(params, value, unused, 0);
        expect(codeOf(act)).toBe('value-out-of-range');
      }
      if (!isLatched) continue;
      const latched = randomizer as TwoStages;
      const value = isIndex ? 0 : 'a';
      for (const draw of [-1, 0.5, Number.NaN]) {
        expect(codeOf(() => latched.latch(params, value, draw, unused))).toBe('value-out-of-range');
      }
      const stored = latched.latch(params, value, 0, seededSource('stored'));
      for (const other of [new Uint8Array(), stored.slice(1), Uint8Array.of(...stored, 0), stored.map(() => 255)]) {
        expect(codeOf(() => latched.report(params, other, unused))).toBe('value-out-of-range');
      }
    }
  });
});
