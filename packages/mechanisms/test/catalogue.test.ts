import { readdirSync } from 'node:fs';
import { catalogue } from '@dither/mechanisms/catalogue';
import { describe, expect, it } from 'vitest';
import { describeMechanism } from './mechanism.contract.js';

describe('the catalogue', () => {
  it('lists every mechanism there is a file of, under its own id', () => {
    const files = readdirSync(new URL('../src/mechanisms', import.meta.url)).filter((name) => !name.startsWith('_'));
    expect([...catalogue.keys()].sort()).toEqual(files.map((name) => name.replace('.ts', '')).sort());
    for (const [id, mechanism] of catalogue) expect(mechanism.id).toBe(id);
  });

  for (const mechanism of catalogue.values()) describeMechanism(mechanism);
});
