import { type Params, type Ratio, times, toNumber } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { labels, parseHeader } from '@dither/protocol';
import type { Snapshot } from './client.js';
import type { InspectedMessage, InspectedReport } from './inspect.js';
import { publicDraw } from './public-draw.js';

/** How well a report can be denied: what it says for one truth against another. */
export interface Deniability {
  /**
   * The largest factor by which this report favours any answer over any other: at most e^epsilon. For texts over the
   * candidates compared, "none" among them.
   */
  readonly factor: number;
  /** The largest factor that any report of this metric can have, whatever it says: e^epsilon of the integers in use. */
  readonly worst: number;
  /**
   * The chance of each answer for someone who had no idea before, who took all for equally likely; for texts, as if they were
   * among the candidates compared. The likeliest first.
   */
  readonly answers: readonly { readonly answer: string; readonly chance: number }[];
}

interface AnyChannel {
  likelihood(params: Params, value: number | string, report: unknown): Ratio;
  effectiveEpsilon(params: Params): number;
}

interface AnyDecoder {
  decode(params: Params, bytes: Uint8Array, draw?: number): unknown;
}

/**
 * The deniability of one report of a message, exactly, from the integers in use. Brings every mechanism's likelihoods: load
 * it when a person asks, as with `await import('@dither/sdk/deniability')`.
 *
 * @param client - of `createClient`, of the version of the app that made the report
 * @param candidates - texts to compare, such as what the person knows to be true
 * @returns undefined for a metric of another version
 */
export async function deniability(
  client: { snapshot(): Promise<Snapshot> },
  message: InspectedMessage,
  report: InspectedReport,
  candidates: readonly string[] = [],
): Promise<Deniability | undefined> {
  const { registry } = await client.snapshot();
  const metric = registry.byId.get(report.metric);
  const header = parseHeader(message.bytes);
  const mechanism = catalogue.get(metric?.params.mechanism ?? '');
  if (!metric || !mechanism || header.registry !== registry.fingerprint) return undefined;
  const { params } = metric;
  const channel = mechanism.channel as AnyChannel;
  const draw = publicDraw(metric, report.window, header);
  const decoded = (mechanism.aggregator as AnyDecoder).decode(params, report.bytes, draw);
  const isText = metric.kind === 'text';
  const values = isText ? ['', ...new Set(candidates)] : Array.from({ length: metric.domainSize }, (_, value) => value);
  const names = isText ? ['none', ...new Set(candidates)] : labels(metric);
  const masses = values.map((value) => channel.likelihood(params, value, decoded));
  return { factor: spread(masses), worst: Math.exp(channel.effectiveEpsilon(params)), answers: shares(masses, names) };
}

/** All likelihoods brought to one denominator, so that they can be compared as integers. */
function numerators(ratios: readonly Ratio[]): readonly bigint[] {
  const [first] = ratios;
  const isShared = ratios.every(({ denominator }) => denominator === first?.denominator);
  if (isShared) return ratios.map(({ numerator }) => numerator);
  const common = ratios.reduce((product, { denominator }) => product * denominator, 1n);
  return ratios
    .map((ratio) => times(ratio, { numerator: common, denominator: 1n }))
    .map((r) => r.numerator / r.denominator);
}

function spread(ratios: readonly Ratio[]): number {
  const masses = [...numerators(ratios)].sort((a, b) => (a < b ? -1 : 1));
  return toNumber({ numerator: masses.at(-1) ?? 0n, denominator: masses[0] ?? 1n });
}

function shares(ratios: readonly Ratio[], names: readonly string[]): Deniability['answers'] {
  const masses = numerators(ratios);
  const denominator = masses.reduce((sum, mass) => sum + mass, 0n);
  return masses
    .map((numerator, i) => ({ answer: names[i] ?? '', chance: toNumber({ numerator, denominator }) }))
    .sort((a, b) => b.chance - a.chance);
}
