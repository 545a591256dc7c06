import { policy } from '../policy.js';
import { attacksOn } from './forge.js';
import type { Target } from './forgery.js';
import { isOneByOne } from './honest.js';
import { type AttackOptions, forgedReports } from './simulate.js';

/** About nanoseconds of a small machine, for what is done most often. */
const COST = {
  /** Of a value, whose estimate is made and looked at by every detector. */
  value: 2000,
  /** Of a report, however short, and of each of its bits where somebody forges it or is honest. */
  report: 300,
  forgedBit: 8,
  honestBit: 4,
  /** Of an output or value, before anything is drawn: outputs are sorted, functions tried. */
  prepared: 1000,
} as const;

/** How long an attack takes, as a number that depends on what is asked for alone: the same seed gives the same bytes on any machine. */
interface Work {
  /** Once, before the first repetition. */
  readonly prepared: number;
  readonly repetition: number;
}

type Sized = Pick<AttackOptions, 'mechanism' | 'params' | 'targets' | 'forged' | 'draws' | 'clients'>;

function workOf({ mechanism, params, targets, forged, draws, clients }: Sized): Work {
  const attacks = attacksOn({ mechanism, params }, draws).length;
  const cases = attacks * forged.length;
  const bits = 8 * params.reportBytes;
  const target: Target = { mechanism, params, values: targets, share: 0 };
  const reports = attacks * forged.reduce((sum, share) => sum + forgedReports(clients, share), 0);
  const honest = isOneByOne(target) ? 2 * clients * (COST.report + COST.honestBit * bits) : 0;
  const sizes = params.domainSize + mechanism.aggregator.empty(params).counts.length + targets.length;
  // Under each public function every target is looked up.
  const looked = params.domainSize + (params.draws ?? 0) * targets.length;
  return {
    prepared: cases * looked * COST.prepared,
    repetition: (2 + cases) * sizes * COST.value + reports * (COST.report + COST.forgedBit * bits) + honest,
  };
}

/** Of a quick attack: how many installations and repetitions, within what it may take. */
export interface QuickSize {
  readonly clients: number;
  readonly repetitions: number;
}

/**
 * @param given - what was asked for, which is not touched
 * @returns undefined where even the smallest is too much
 */
export function quickSize(options: Omit<Sized, 'clients'>, given: Partial<QuickSize>): QuickSize | undefined {
  const { quickWork, quickClients, quickRepetitions, leastQuickRepetitions } = policy.attack;
  for (const clients of given.clients === undefined ? quickClients : [given.clients]) {
    const { prepared, repetition } = workOf({ ...options, clients });
    const most = Math.floor((quickWork - prepared) / repetition);
    const repetitions = given.repetitions ?? Math.min(quickRepetitions, most);
    if (repetitions <= most && repetitions >= (given.repetitions ?? leastQuickRepetitions))
      return { clients, repetitions };
  }
  return undefined;
}
