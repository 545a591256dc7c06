import {
  type LatchedIndexClient,
  type LatchedIndexParams,
  type LatchedParams,
  MechanismError,
  MICRO,
  type Params,
} from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric } from '@dither/protocol';
import { SimError } from '../errors.js';
import { type Stages, stagesOf } from './stages.js';

/** A metric whose values pass through two stages. */
export interface TwoStageMetric {
  /** Its id in the registry, or its mechanism's. */
  readonly label: string;
  readonly params: LatchedParams;
  readonly stages: Stages;
  readonly epsilonFirst: number;
  readonly epsilonInfinity: number;
  /** Reports of an epoch. */
  readonly reports: number;
  /** Makes such params for another number of values or reports; undefined of texts. */
  readonly client: LatchedIndexClient | undefined;
}

/** What params over listed values are made from. */
export interface TwoStageOptions {
  readonly epsilonFirst: number;
  readonly epsilonInfinity: number;
  readonly reports: number;
  readonly domainSize: number;
}

/** Ids of the mechanisms over listed values that latch. */
export const latchedIds: readonly string[] = [...catalogue.values()]
  .filter((mechanism) => mechanism.answers === 'frequencies' && 'latch' in mechanism.client)
  .map(({ id }) => id);

/** @throws SimError `argument-invalid` */
export function twoStageMechanism(id: string, options: TwoStageOptions): TwoStageMetric {
  const client = latchedIds.includes(id) ? indexClient(id) : undefined;
  if (client === undefined) throw new SimError('argument-invalid', `--mechanism is one of ${latchedIds.join(', ')}`);
  return twoStage(id, paramsOf(client, options), client);
}

/** The same of a declared metric; undefined unless it is latched. */
export function twoStageDeclared({ id, params, latch }: Metric): TwoStageMetric | undefined {
  return latch === undefined ? undefined : twoStage(id, params as LatchedParams, indexClient(params.mechanism));
}

/** @throws SimError `argument-invalid` */
export function paramsOf(client: LatchedIndexClient, options: TwoStageOptions): LatchedIndexParams {
  try {
    return client.params(options);
  } catch (error) {
    if (error instanceof MechanismError) throw new SimError('argument-invalid', `${client.id}: ${error.message}`);
    throw error;
  }
}

function twoStage(label: string, params: LatchedParams, client: LatchedIndexClient | undefined): TwoStageMetric {
  return {
    label,
    params,
    stages: stagesOf(params as Params) as Stages,
    epsilonFirst: params.microEpsilon / MICRO,
    epsilonInfinity: params.microInfinity / MICRO,
    reports: params.microEpoch.length,
    client,
  };
}

function indexClient(id: string): LatchedIndexClient | undefined {
  const mechanism = catalogue.get(id);
  return mechanism?.answers === 'frequencies' && 'latch' in mechanism.client ? mechanism.client : undefined;
}
