import type {
  Aggregator,
  Channel,
  Client,
  DistributionMechanism,
  FrequencyMechanism,
  IndexParams,
  LatchedClient,
  LatchedParams,
  Mechanism,
  Params,
  TextMechanism,
  TextShape,
  WordSource,
} from '@dither/mechanisms';
import { uniformInt } from '@dither/mechanisms';
import { codeOf, ensure, hex } from '../support/ensure.js';
import { LARGE_SHAPES, makeText, mostEpsilon, SMALL_SHAPES, textsFor } from './text-shapes.js';

export type Value = number | string;

/** One mechanism at one setting: what every check of the contract takes. */
interface Common {
  readonly epsilon: number;
  /** Every index; or texts that set different bits, the same ones, or none. */
  readonly values: readonly Value[];
  /** Of a mechanism with two stages: both in one step. Where reports are made under a public draw, it draws that first. */
  readonly client: Client<Params, unknown, Value>;
  readonly aggregator: Aggregator<Params, unknown>;
  readonly channel: Channel<Params, unknown, Value>;
  /** The same setting with another epsilon. */
  readonly withEpsilon: (epsilon: number) => Params;
  /** Public draws; 1 where there are none. */
  readonly draws: number;
}

export interface FrequencyCase extends Common {
  readonly answers: 'frequencies';
  readonly mechanism: FrequencyMechanism;
  readonly params: IndexParams;
}

export interface DistributionCase extends Common {
  readonly answers: 'distribution';
  readonly mechanism: DistributionMechanism;
  readonly params: IndexParams;
}

export interface TextCase extends Common {
  readonly answers: 'texts';
  readonly mechanism: TextMechanism;
  readonly params: Params;
  readonly shape: TextShape;
  readonly values: readonly string[];
}

export type Case = FrequencyCase | DistributionCase | TextCase;
export type IndexMechanism = FrequencyMechanism | DistributionMechanism;

/** Small enough to enumerate every report, and every pair of reports. */
const SMALL_DOMAINS = [2, 3, 4, 5];
const LARGE_DOMAINS = [2, 9, 63, 256, 257, 1000, 65_536];

/** Values of the draw that all latched metrics of an installation share. */
export const LATCH_DRAWS = 64;

const REFUSALS = ['domain-size-out-of-range', 'clamp-out-of-range'];

/** Params over indices as a registry declares them; of two stages, with twice the epsilon for three reports. */
export function declareIndex({ client }: IndexMechanism, epsilon: number, domainSize: number): IndexParams {
  if (!('latch' in client)) return client.params({ epsilon, domainSize });
  const declare = (epsilonInfinity: number) =>
    client.params({ epsilonFirst: epsilon, epsilonInfinity, reports: 3, domainSize });
  // One that repeats what it stored has a single epsilon.
  const isOne = codeOf(() => client.params({ epsilonFirst: 1, epsilonInfinity: 1, reports: 3, domainSize }));
  return declare(isOne === 'returned' ? epsilon : Math.min(16, 2 * epsilon));
}

/** Those of `domainSizes` that the mechanism takes; it must take one. A refusal must carry its code. */
export function acceptedDomains(mechanism: IndexMechanism, domainSizes: readonly number[]): number[] {
  return domainSizes.filter((domainSize) => {
    const outcome = codeOf(() => declareIndex(mechanism, 1, domainSize));
    ensure(outcome === 'returned' || REFUSALS.includes(outcome), `domainSize ${domainSize}: ${outcome}`);
    return outcome === 'returned';
  });
}

/** The cases of a mechanism over small domains: up to `largest` values, or text shapes called so large. */
export function smallCases(mechanism: Mechanism, epsilons: readonly number[], largest = 5): Case[] {
  if (mechanism.answers === 'texts') {
    const shapes = SMALL_SHAPES.filter(({ size }) => size <= largest);
    return shapes.flatMap(({ shape }) => epsilons.map((epsilon) => textCase(mechanism, epsilon, shape)));
  }
  const domainSizes = acceptedDomains(mechanism, SMALL_DOMAINS).filter((size) => size <= largest);
  ensure(domainSizes.length > 0, 'takes none of the small domains that the contract enumerates');
  return domainSizes.flatMap((size) => epsilons.map((epsilon) => indexCase(mechanism, epsilon, size)));
}

/** Cases too large to enumerate. */
export function largeCases(mechanism: Mechanism, epsilon: number): Case[] {
  return mechanism.answers === 'texts'
    ? LARGE_SHAPES.map((shape) => textCase(mechanism, epsilon, shape))
    : acceptedDomains(mechanism, LARGE_DOMAINS).map((size) => indexCase(mechanism, epsilon, size));
}

/** @param wanted - epsilon, or the most that the mechanism takes */
export function indexCase(mechanism: IndexMechanism, wanted: number, domainSize: number): Case {
  const epsilon = isLatched(mechanism.client) ? Math.min(wanted, 15.999999) : wanted;
  const withEpsilon = (other: number) => declareIndex(mechanism, other, domainSize);
  const params = withEpsilon(epsilon);
  const values = Array.from({ length: params.domainSize }, (_, value) => value);
  const client = clientOf(mechanism, params, LATCH_DRAWS);
  const { aggregator, channel } = mechanism;
  const common = { epsilon, params, values, client, aggregator, channel, withEpsilon, draws: params.draws ?? 1 };
  return mechanism.answers === 'frequencies'
    ? { answers: 'frequencies', mechanism, ...common, channel: channel as Common['channel'] }
    : { answers: 'distribution', mechanism, ...common, channel: channel as Common['channel'] };
}

function textCase(mechanism: TextMechanism, wanted: number, shape: TextShape): TextCase {
  const withEpsilon = (other: number) => makeText(mechanism, other, shape);
  const epsilon = Math.min(wanted, mostEpsilon(mechanism));
  const params = withEpsilon(epsilon);
  return {
    answers: 'texts',
    mechanism,
    epsilon,
    params,
    shape,
    values: textsFor(shape),
    client: clientOf(mechanism, params, shape.cohorts),
    aggregator: mechanism.aggregator,
    channel: mechanism.channel as Common['channel'],
    withEpsilon,
    draws: params.draws ?? 1,
  };
}

export function isLatched(client: Mechanism['client']): client is Mechanism['client'] & AnyLatched {
  return 'latch' in client;
}

/** A client of two stages, whatever its values are. */
export type AnyLatched = LatchedClient<Params & LatchedParams, unknown, Value>;

/** A client of one stage, whatever its values are. */
export function unlatched(client: Mechanism['client']): Client<Params, unknown, Value> {
  return client as unknown as Client<Params, unknown, Value>;
}

function clientOf({ client }: Mechanism, params: Params, cohorts: number): Common['client'] {
  if (!isLatched(client)) {
    const { draws } = params;
    if (draws === undefined) return unlatched(client);
    const { id, encode, randomize } = unlatched(client);
    return {
      id,
      encode,
      randomize: (own, value, source) => randomize(own, value, source, uniformInt(source, draws)),
    };
  }
  const latched: AnyLatched = client;
  return {
    id: latched.id,
    randomize(own, value, source: WordSource) {
      const both = own as Params & LatchedParams;
      return latched.report(both, latched.latch(both, value, uniformInt(source, cohorts), source), source);
    },
    encode: (own, report, into, at) => latched.encode(own as Params & LatchedParams, report, into, at),
  };
}

/** What tells reports apart: their bytes, and where they are made under public draws the draw too. */
export function keyOf({ client, draws, params }: Common & { readonly params: Params }, report: unknown): string {
  const bytes = hex(client.encode(params, report).slice());
  return draws === 1
    ? bytes
    : `${bytes} ${JSON.stringify(report, (_, part) => (part instanceof Uint8Array ? hex(part) : part))}`;
}

/** The public draw that a report was made under; undefined where there are none, or none gives this report. */
export function drawOf(testCase: Case, report: unknown): number | undefined {
  const { aggregator, client, draws, params } = testCase;
  if (draws === 1) return undefined;
  const bytes = client.encode(params, report).slice();
  const key = keyOf(testCase, report);
  for (let draw = 0; draw < draws; draw++) {
    if (keyOf(testCase, aggregator.decode(params, bytes, draw)) === key) return draw;
  }
  return undefined;
}
