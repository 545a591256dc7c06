import { readFile } from 'node:fs/promises';
import { registryToText } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { drawFrom, openPopulation, scenario, scenarios, seededSources } from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { registry } from '../scenarios/browser.registry.js';

describe('the scenarios', () => {
  it('ship the canonical form of the registry that is declared beside it', async () => {
    // To renew it: dither-registry export scenarios/browser.registry.ts, then format.
    const file = await readFile(new URL('../scenarios/browser.registry.json', import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(registryToText(registry)));
  });

  it.each(Object.keys(scenarios))('open: %s', async (name) => {
    const it = scenario(name);
    const loaded = await loadRegistry(it.registry);
    const population = await openPopulation(it.population, loaded, {
      clients: it.clients,
      source: seededSources('x')('events'),
      onBadLine: () => undefined,
    });
    const values = new Int32Array(loaded.wire.length).fill(-1);
    drawFrom(population)(0, seededSources('x')('values'), values);
    loaded.wire.forEach(({ id, domainSize }, i) => {
      expect(values[i]).toBeGreaterThanOrEqual(0);
      expect(values[i]).toBeLessThan(population.texts.get(id)?.length ?? domainSize);
    });
  });

  it('are known by name', () => {
    expect(() => scenario('toString')).toThrow('scenario-unknown');
  });
});
