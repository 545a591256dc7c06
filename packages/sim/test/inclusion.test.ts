import * as oue from '@dither/mechanisms/oue';
import { category, chargePerWindow, defineRegistry, type MetricOptions, type Registry } from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { inclusionShares } from '../src/inclusion.js';
import { small } from './small-registry.js';

const about: Omit<MetricOptions, 'epsilon'> = {
  description: 'Something',
  purpose: 'To test',
  owner: 'tests@example.org',
  period: 28,
  expires: '2099-12-31',
};

function registryOf(epsilons: readonly number[], perWindow: number): Registry {
  return defineRegistry({
    app: 'org.example.inclusion',
    expectedClients: 1000,
    participation: 'sampled',
    budget: { perWindow },
    metrics: Object.fromEntries(
      epsilons.map((epsilon, i) => [
        `m${String(i).padStart(3, '0')}`,
        category({ ...about, values: ['a', 'b', 'c'], epsilon, mechanism: oue.client }),
      ]),
    ),
  });
}

function* orders<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [i, item] of items.entries()) {
    for (const rest of orders([...items.slice(0, i), ...items.slice(i + 1)])) yield [item, ...rest];
  }
}

/** Every order in which a class can be gone through, by the words of the drawing itself. */
function byEnumeration(registry: Registry): readonly number[] {
  const [{ cap, metrics }] = registry.classes as [Registry['classes'][number]];
  const taken = new Map<string, number>();
  let all = 0;
  for (const order of orders(metrics)) {
    all++;
    let left = cap;
    for (const metric of order) {
      const charge = chargePerWindow(metric, registry.budget.windowDays);
      if (charge > left) continue;
      left -= charge;
      taken.set(metric.id, (taken.get(metric.id) ?? 0) + 1);
    }
  }
  return registry.wire.map(({ id }) => (taken.get(id) ?? 0) / all);
}

describe('the chance of reporting a metric', () => {
  it.each([
    [[1, 1, 2, 1, 1], 3],
    [[0.5, 1, 1.5, 2, 3, 4, 0.7], 5],
    [[1, 1, 1, 1], 2.5],
    [[3, 1, 3, 0.25], 4],
  ])('is that of all orders together: %j under %d', (epsilons, perWindow) => {
    const registry = registryOf(epsilons, perWindow);
    const expected = byEnumeration(registry);
    expect(expected.some((share) => share < 1)).toBe(true);
    [...inclusionShares(registry)].forEach((share, i) => {
      expect(share).toBeCloseTo(expected[i] as number, 14);
    });
  });

  it('is one where everybody reports everything', () => {
    expect([...inclusionShares(small)]).toEqual([1, 1, 1, 1, 1]);
  });

  it('is refused where there are too many cases to go through', () => {
    const epsilons = Array.from({ length: 60 }, (_, i) => 0.5 + i / 100);
    expect(() => inclusionShares(registryOf(epsilons, 8))).toThrow('inclusion-unknown');
  });
});
