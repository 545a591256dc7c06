import type { Params } from '@dither/mechanisms';
import type { AnyClient, Bound, Declarations, Domain, Kind, splitReports, Value } from '@dither/protocol';
import type { Combine } from './combine.js';
import type { DrawMetrics } from './drawing.js';
import type { Latching } from './latching.js';
import type { publicDraw } from './public-draw.js';

/**
 * What a device needs to know of a metric, all of it worked out before run time: nothing here is validated or computed
 * again. Two places make it: `declared.ts` from a declaration, and `resolved.ts` from a module that
 * `dither-registry resolve` wrote.
 */
export interface DeviceMetric<Input = never> {
  readonly id: string;
  /** 16 hexadecimal digits over everything that changes the channel or the meaning. */
  readonly fingerprint: string;
  readonly kind: Kind;
  readonly domain: Domain;
  readonly domainSize: number;
  /** The value that stands for "no event". */
  readonly none: Value;
  /** Days of a period. */
  readonly period: number;
  /** Days over which reports share a stored output; the period itself unless latched. */
  readonly epoch: number;
  /** Of a latched metric. Entry j: what any j + 1 reports of one epoch cost together, in millionths of epsilon. */
  readonly microEpoch?: readonly number[];
  /** The most it charges per budget window, in millionths of epsilon. */
  readonly charge: number;
  /** First day on which it is silent. */
  readonly expiryDay: number;
  readonly params: Params;
  /** The device's part of the mechanism. */
  readonly randomizer: AnyClient;
  /** What is kept of an event's value, or undefined if it is not one. */
  readonly encode: (input: Input) => Value | undefined;
  /** How two events of a period become one value. */
  readonly combine: Combine;
}

export type AnyDeviceMetric = DeviceMetric<unknown>;

/** What a device needs to know of an app's metrics. `D` is what was declared: it types `record` and `time`. */
export interface DeviceRegistry<D extends Declarations = Declarations> {
  readonly app: string;
  /** Names the layout of batches: 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** What an app has that asks people who sent a Global Privacy Control signal, too. */
  readonly gpc?: 'explicit-grant' | undefined;
  readonly bound: Bound;
  /** All metrics in the order of their ids: a report's place in a batch. */
  readonly wire: readonly AnyDeviceMetric[];
  readonly byId: ReadonlyMap<string, AnyDeviceMetric>;
  /** What a sampled registry has. */
  readonly draw?: DrawMetrics | undefined;
  /** What a registry with latched metrics has. */
  readonly latching?: Latching | undefined;
  /** What a registry has whose mechanisms use public draws. */
  readonly publicDraw?: typeof publicDraw | undefined;
  /** What a registry has whose reports of one moment may be too many for one batch. */
  readonly splitReports?: typeof splitReports | undefined;
  /** Of types only. */
  readonly declarations?: D;
}

export function byId(wire: readonly AnyDeviceMetric[]): DeviceRegistry['byId'] {
  return new Map(wire.map((metric) => [metric.id, metric]));
}
