import {
  type BitChannel,
  bernoulli,
  bitChannel,
  type LatchedTextClient,
  type Mechanism,
  numerator,
  type WordSource,
} from '@dither/mechanisms';
import * as rappor from '@dither/mechanisms/rappor';
import { bloomBits } from '../../src/encode/bloom.js';
import { type Broken, LAW, SAMPLES, STAGES, VALUES, WORDS, withParts } from './broken.js';

const latched: Mechanism = { id: 'rappor', answers: 'texts', ...rappor } as unknown as Mechanism;

function swapped({ set, unset }: BitChannel): BitChannel {
  return bitChannel(numerator(unset), numerator(set));
}

type Latch = typeof rappor.client.latch;
type Report = typeof rappor.client.report;

/** RAPPOR with another client. */
function rapporWith(parts: { latch?: Latch; report?: Report }): Mechanism {
  return withParts(latched, { client: parts as Partial<LatchedTextClient> });
}

/** What would be stored of a text without randomizing it: cohort in a byte, then its bits. */
function bare(params: rappor.RapporParams, text: string, draw: number): Uint8Array {
  const bytes = new Uint8Array(params.reportBytes);
  const cohort = draw % params.cohorts;
  bytes[0] = cohort;
  for (const bit of bloomBits(text, cohort, params)) flip(bytes, bit);
  return bytes;
}

function flip(stored: Uint8Array, bit: number): void {
  stored[1 + (bit >> 3)] = (stored[1 + (bit >> 3)] as number) ^ (1 << (bit & 7));
}

/** The permanent stage over the first bits of what is stored. */
function permanently(
  params: rappor.RapporParams,
  stored: Uint8Array,
  source: WordSource,
  bits: number = params.bits,
): Uint8Array {
  const result = stored.slice();
  for (let bit = 0; bit < bits; bit++) {
    const wasSet = (((stored[1 + (bit >> 3)] as number) >> (bit & 7)) & 1) === 1;
    const isSet = bernoulli(source, wasSet ? params.permanent.set : params.permanent.unset);
    if (isSet !== wasSet) flip(result, bit);
  }
  return result;
}

/** What can go wrong between two stages. */
export const brokenRappor: readonly Broken[] = [
  {
    name: 'RAPPOR without its instantaneous stage',
    mechanism: rapporWith({ report: (params, permanent) => rappor.aggregator.decode(params, permanent) }),
    fails: [LAW, STAGES, SAMPLES, VALUES],
  },
  {
    name: 'RAPPOR without its permanent stage',
    mechanism: rapporWith({ latch: (params, text, draw) => bare(params, text, draw) }),
    fails: [LAW, STAGES, SAMPLES, VALUES],
  },
  {
    name: 'RAPPOR whose permanent response of the first bit is drawn anew for each report',
    mechanism: rapporWith({
      latch(params, text, draw, source) {
        const own = bare(params, text, draw);
        const stored = permanently(params, own, source);
        stored[1] = ((stored[1] as number) & ~1) | ((own[1] as number) & 1);
        return stored;
      },
      report: (params, stored, source) => rappor.client.report(params, permanently(params, stored, source, 1), source),
    }),
    fails: [STAGES, VALUES],
  },
  {
    name: 'RAPPOR with a cohort that depends on the text',
    mechanism: rapporWith({
      latch: (params, text, draw, source) => rappor.client.latch(params, text, text === '' ? draw : 0, source),
    }),
    fails: [LAW, STAGES, SAMPLES, VALUES],
  },
  {
    name: 'RAPPOR with p and q of a report swapped',
    mechanism: rapporWith({
      report: (params, stored, source) =>
        rappor.client.report({ ...params, instantaneous: swapped(params.instantaneous) }, stored, source),
    }),
    fails: [LAW, SAMPLES],
  },
  {
    name: 'RAPPOR that sets a bit more when there is a text',
    mechanism: rapporWith({
      latch(params, text, draw, source) {
        const stored = bare(params, text, draw);
        if (text !== '' && ((stored[1] as number) & 1) === 0) flip(stored, 0);
        return permanently(params, stored, source);
      },
    }),
    fails: [LAW, SAMPLES, VALUES],
  },
  {
    name: 'RAPPOR that draws a word more where the first bit is stored',
    mechanism: rapporWith({
      report(params, stored, source) {
        if (((stored[1] ?? 0) & 1) === 1) source.next();
        return rappor.client.report(params, stored, source);
      },
    }),
    fails: [WORDS, VALUES],
  },
  {
    name: 'RAPPOR that charges for a second report what the first cost',
    mechanism: withParts(latched, {
      client: {
        params: (options: Parameters<typeof rappor.params>[0]) => {
          const params = rappor.params(options);
          const microEpoch = Object.freeze(params.microEpoch.map((_, i) => params.microEpoch[Math.max(0, i - 1)] ?? 0));
          return Object.freeze({ ...params, microEpoch });
        },
      } as Partial<LatchedTextClient>,
    }),
    fails: [STAGES],
  },
];
