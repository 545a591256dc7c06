import type { LatchedParams, LatchedTextClient, Params } from '@dither/mechanisms';
import { defineRegistry, text } from '@dither/sdk';
import { about } from './registry.js';

/** Says all: the draw, a number by which its permanent answer is known, the first letter of the value, a fresh byte. */
type Traced = Uint8Array;

interface TracedOptions {
  readonly epsilonFirst: number;
  readonly epsilonInfinity: number;
  readonly reports: number;
}

/** Four bytes that no other permanent answer has, but by a chance of one in 2^32. */
const SERIAL = 4;

const isText = (value: string): number => (value === '' ? 0 : value.charCodeAt(0) & 255);

/**
 * A mechanism with two stages that hides nothing, so that a test can tell from a report which permanent answer it was
 * made from, and what that had been told.
 */
export const traced: LatchedTextClient<LatchedParams, Traced> & {
  readonly params: (options: TracedOptions) => LatchedParams;
} = {
  id: 'rappor',
  params: ({ epsilonFirst, epsilonInfinity, reports }) => ({
    mechanism: 'rappor',
    microEpsilon: Math.round(epsilonFirst * 1e6),
    reportBytes: SERIAL + 3,
    microInfinity: Math.round(epsilonInfinity * 1e6),
    microEpoch: Array.from({ length: reports }, (_, report) =>
      Math.round(epsilonInfinity * 1e6 * (1 - (1 - epsilonFirst / epsilonInfinity) ** (report + 1))),
    ),
  }),
  latch: (_params, value, draw, source) =>
    Uint8Array.from([draw, ...Array.from({ length: SERIAL }, () => source.next() & 255), isText(value)]),
  report: (_params, permanent, source) => Uint8Array.from([...permanent, source.next() & 255]),
  encode: (_params, report) => report,
};

/** The same with one stage: the first letter of the value, and a fresh byte. */
export const plain = {
  id: 'one-time-rappor',
  params: ({ epsilon }: { readonly epsilon: number }): Params => ({
    mechanism: 'one-time-rappor',
    microEpsilon: Math.round(epsilon * 1e6),
    reportBytes: 2,
  }),
  randomize: (_params: Params, value: string, source: { next(): number }): Uint8Array =>
    Uint8Array.from([isText(value), source.next() & 255]),
  encode: (_params: Params, report: Uint8Array): Uint8Array => report,
};

/** What a report of `traced` says. */
export function readTraced(bytes: readonly number[]): {
  readonly draw: number;
  readonly serial: string;
  readonly value: string;
} {
  const letter = bytes[SERIAL + 1] as number;
  return {
    draw: bytes[0] as number,
    serial: String(bytes.slice(1, SERIAL + 1)),
    value: letter === 0 ? '' : String.fromCharCode(letter),
  };
}

/** What is written, without what the ledger remembers of epochs. */
export function withoutLatches(text: string | undefined): string | undefined {
  return text?.replaceAll(/,"latchedUntil":\d+|,"drawn":\{[^}]*\}/g, '');
}

const latch = { epsilonFirst: 0.1, epsilonInfinity: 1, epoch: 14 } as const;

/** Two texts latched for 14 days, one reported daily and one weekly, and a fresh one. The first day is one of an epoch. */
export const texts = defineRegistry({
  app: 'org.example.texts',
  expectedClients: 1000,
  budget: { perWindow: 20, lifetime: 1000 },
  metrics: {
    homepage: text({ ...about, mechanism: traced, latch, maxLength: 40 }),
    search: text({ ...about, mechanism: traced, latch, period: 7 }),
    signature: text({ ...about, mechanism: plain, epsilon: 0.1, maxLength: 200 }),
  },
});
