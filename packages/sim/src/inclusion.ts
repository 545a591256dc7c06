import { chargePerWindow, type Registry } from '@dither/protocol';
import { SimError } from './errors.js';
import { policy } from './policy.js';

/**
 * How likely an installation reports each metric of `registry.wire` in a budget window. Exact to double precision.
 *
 * @throws SimError `inclusion-unknown` where too many metrics of different charges share a budget to go through all cases
 */
export function inclusionShares(registry: Registry): Float64Array {
  const shares = new Float64Array(registry.wire.length).fill(1);
  if (registry.participation === 'all') return shares;
  const places = new Map(registry.wire.map(({ id }, place) => [id, place]));
  for (const { cap, metrics } of registry.classes) {
    const charges = metrics.map((metric) => chargePerWindow(metric, registry.budget.windowDays));
    const ofCharge = shareByCharge(charges, cap);
    metrics.forEach(({ id }, i) => {
      shares[places.get(id) as number] = ofCharge.get(charges[i] as number) as number;
    });
  }
  return shares;
}

/**
 * A draw goes through the metrics in a random order and takes those that still fit. What fits and is not taken has not had its
 * turn, so the next one taken is any of those that fit, all as likely; metrics of one charge are alike. What is taken of
 * each charge is therefore a Markov chain.
 */
function shareByCharge(charges: readonly number[], cap: number): ReadonlyMap<number, number> {
  const kinds = [...new Set(charges)];
  const sizes = kinds.map((kind) => charges.filter((charge) => charge === kind).length);
  const taken = new Float64Array(kinds.length);
  let states: ReadonlyMap<string, State> = new Map([['', { counts: kinds.map(() => 0), left: cap, chance: 1 }]]);
  for (let steps = 0; states.size > 0; ) {
    steps += states.size * kinds.length;
    if (steps > policy.maxInclusionSteps) {
      throw new SimError(
        'inclusion-unknown',
        'too many metrics of different epsilon share a budget for the exact engine',
      );
    }
    const next = new Map<string, State>();
    for (const { counts, left, chance } of states.values()) {
      const fitting = kinds.map((kind, i) => (kind <= left ? (sizes[i] as number) - (counts[i] as number) : 0));
      const all = fitting.reduce((sum, count) => sum + count, 0);
      fitting.forEach((count, i) => {
        if (count === 0) return;
        const part = (chance * count) / all;
        taken[i] = (taken[i] as number) + part;
        const after = counts.map((of, j) => (i === j ? of + 1 : of));
        const key = after.join();
        const known = next.get(key)?.chance ?? 0;
        next.set(key, { counts: after, left: left - (kinds[i] as number), chance: known + part });
      });
    }
    states = next;
  }
  return new Map(kinds.map((kind, i) => [kind, (taken[i] as number) / (sizes[i] as number)]));
}

interface State {
  /** How many of each charge are taken. */
  readonly counts: readonly number[];
  readonly left: number;
  readonly chance: number;
}
