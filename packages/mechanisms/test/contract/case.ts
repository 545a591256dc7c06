import type {
  Aggregator,
  Channel,
  Client,
  DistributionMechanism,
  FrequencyMechanism,
  IndexParams,
  LatchedParams,
  LatchedTextClient,
  Mechanism,
  Params,
  TextMechanism,
  TextShape,
} from '@dither/mechanisms';
import { uniformInt } from '@dither/mechanisms';
import { codeOf, ensure } from '../support/ensure.js';
import { LARGE_SHAPES, makeText, mostEpsilon, SMALL_SHAPES, textsFor } from './text-shapes.js';

export type Value = number | string;

/** One mechanism at one setting: what every check of the contract takes. */
interface Common {
  readonly epsilon: number;
  /** Every index; or texts that set different bits, the same ones, or none. */
  readonly values: readonly Value[];
  /** Of a mechanism with two stages: both in one step. */
  readonly client: Client<Params, unknown, Value>;
  readonly aggregator: Aggregator<Params, unknown>;
  readonly channel: Channel<Params, unknown, Value>;
  /** The same setting with another epsilon. */
  readonly withEpsilon: (epsilon: number) => Params;
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
const LARGE_DOMAINS = [2, 9, 256, 257, 1000, 65_536];

const REFUSALS = ['domain-size-out-of-range', 'clamp-out-of-range'];

/** Those of `domainSizes` that the mechanism takes; it must take one. A refusal must carry its code. */
export function acceptedDomains(mechanism: IndexMechanism, domainSizes: readonly number[]): number[] {
  return domainSizes.filter((domainSize) => {
    const outcome = codeOf(() => mechanism.client.params({ epsilon: 1, domainSize }));
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

export function indexCase(mechanism: IndexMechanism, epsilon: number, domainSize: number): Case {
  const { client, aggregator, channel } = mechanism;
  const withEpsilon = (other: number) => client.params({ epsilon: other, domainSize });
  const params = withEpsilon(epsilon);
  const values = Array.from({ length: params.domainSize }, (_, value) => value);
  const common = { epsilon, params, values, client, aggregator, channel, withEpsilon } as const;
  return mechanism.answers === 'frequencies'
    ? { answers: 'frequencies', mechanism, ...common, client: client as Common['client'] }
    : { answers: 'distribution', mechanism, ...common, client: client as Common['client'] };
}

/** @param wanted - epsilon, or the most that the mechanism takes */
function textCase(mechanism: TextMechanism, wanted: number, shape: TextShape): TextCase {
  const withEpsilon = (other: number) => makeText(mechanism, other, shape);
  const epsilon = Math.min(wanted, mostEpsilon(mechanism));
  return {
    answers: 'texts',
    mechanism,
    epsilon,
    params: withEpsilon(epsilon),
    shape,
    values: textsFor(shape),
    client: clientOf(mechanism, shape) as Common['client'],
    aggregator: mechanism.aggregator,
    channel: mechanism.channel as Common['channel'],
    withEpsilon,
  };
}

export function isLatched(
  client: TextMechanism['client'],
): client is LatchedTextClient<Params & LatchedParams, unknown> {
  return 'latch' in client;
}

function clientOf({ client }: TextMechanism, { cohorts }: TextShape): Client<Params, unknown, string> {
  if (!isLatched(client)) return client;
  return {
    id: client.id,
    randomize(params, value, source) {
      const latched = params as Params & LatchedParams;
      return client.report(latched, client.latch(latched, value, uniformInt(source, cohorts), source), source);
    },
    encode: (params, report) => client.encode(params as Params & LatchedParams, report),
  };
}
