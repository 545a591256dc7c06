import * as grr from '@dither/mechanisms/grr';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as oneTimeRappor from '@dither/mechanisms/one-time-rappor';
import * as rr from '@dither/mechanisms/rr';
import * as tree from '@dither/mechanisms/tree';
import {
  boolean,
  category,
  count,
  type Declarations,
  defineRegistry,
  type Kind,
  type MetricOptions,
  quantity,
  type Registry,
  RegistryError,
  text,
  timing,
} from '@dither/protocol';
import { SimError } from '../errors.js';

/** A metric that nobody has declared yet, by what decides how well it can be known. */
export interface Bare {
  readonly kind: Kind;
  /** Of a category, "no event" not counted. */
  readonly values: number;
  /** Of a count. */
  readonly clamp: number;
  /** Of a timing or a quantity. */
  readonly buckets: number;
  readonly range: readonly [low: number, high: number];
  readonly period: number;
}

/** The id of the only metric of a bare registry. */
export const BARE_ID = 'metric';

/** Nothing is sent under these words. */
const ABOUT = { description: '-', purpose: '-', owner: '-', expires: '9999-12-31' } as const;

/**
 * A registry with this metric alone, so that whatever takes a registry takes it. Its mechanism and epsilon say nothing.
 * @throws SimError `argument-invalid`, with what the registry would refuse
 */
export function bareRegistry(bare: Bare): Registry {
  try {
    // An epsilon that fits the budget at any period.
    const options = { ...ABOUT, epsilon: 0.1, period: bare.period as MetricOptions['period'] };
    const metrics: Declarations = { [BARE_ID]: declared(bare, options) };
    return defineRegistry({ app: 'bare', expectedClients: 1, metrics });
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new SimError('argument-invalid', error.remedy);
  }
}

function declared({ kind, values, clamp, buckets, range }: Bare, options: MetricOptions): Declarations[string] {
  switch (kind) {
    case 'boolean':
      return boolean({ ...options, mechanism: rr.client });
    case 'category': {
      const names = Array.from({ length: values }, (_, i) => `value-${i + 1}`);
      return category({ ...options, values: names, mechanism: grr.client });
    }
    case 'count':
      return count({ ...options, clamp, mechanism: oneBitMean.client });
    case 'timing':
      return timing({ ...options, range, buckets, mechanism: tree.client });
    case 'quantity':
      return quantity({ ...options, unit: 'units', range, buckets, mechanism: tree.client });
    case 'text':
      return text({ ...options, mechanism: oneTimeRappor.client });
  }
}
