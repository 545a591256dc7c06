import type { Registry } from '@dither/protocol';
import { inProcess } from './clients/in-process.js';
import { threads } from './clients/threads.js';
import type { Engine } from './engine.js';
import { SimError } from './errors.js';
import { exact, samplerOf } from './exact-engine.js';
import { inclusionShares } from './inclusion.js';
import type { SimulatedMetric } from './metrics.js';
import { policy } from './policy.js';

export type EngineName = 'clients' | 'exact';

export interface EngineChoice {
  readonly name: EngineName;
  readonly engine: Engine;
  /** Why this one, as part of a sentence. */
  readonly reason: string;
  /** Metrics whose counters are drawn independently of each other: each has its law, together they do not. */
  readonly marginal: readonly string[];
}

interface Wanted {
  readonly registry: Registry;
  readonly metrics: readonly SimulatedMetric[];
  /** Undefined takes the one that fits. */
  readonly engine: EngineName | undefined;
  readonly threads: number;
  readonly clients: number;
  readonly repetitions: number;
}

/**
 * Installation by installation as long as that takes seconds, all at once beyond, where every metric has an exact law.
 *
 * @throws SimError `argument-invalid`, `exact-unavailable`, `inclusion-unknown`
 */
export function chooseEngine(wanted: Wanted): EngineChoice {
  const { engine, clients, repetitions } = wanted;
  const limit = `${policy.defaultClients.toLocaleString('en')} installations, all repetitions together`;
  if (engine === 'exact') return exactly(wanted, 'as asked');
  if (engine === 'clients') return oneByOne(wanted, 'as asked');
  if (clients * repetitions <= policy.defaultClients) return oneByOne(wanted, `at most ${limit}`);
  try {
    return exactly(wanted, `more than ${limit}`);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return oneByOne(wanted, `exact is not possible (${error.message})`);
  }
}

function exactly({ registry, metrics }: Wanted, reason: string): EngineChoice {
  inclusionShares(registry);
  const marginal = metrics.filter((metric) => samplerOf(metric).law === 'marginal').map(({ metric }) => metric.id);
  return { name: 'exact', engine: exact, reason, marginal };
}

function oneByOne({ threads: count, clients, repetitions }: Wanted, reason: string): EngineChoice {
  if (clients > policy.maxClients) {
    throw new SimError('argument-invalid', `--clients is at most ${policy.maxClients}, or more with --engine exact`);
  }
  const blocks = Math.ceil(clients / policy.blockClients) * repetitions;
  const isThreaded = count > 1 && blocks >= policy.threadBlocks;
  return { name: 'clients', engine: isThreaded ? threads(count) : inProcess, reason, marginal: [] };
}
