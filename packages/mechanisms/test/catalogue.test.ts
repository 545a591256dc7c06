import { catalogue } from '@dither/mechanisms/catalogue';
import { describe, expect, it } from 'vitest';
import { describeMechanism } from './mechanism.contract.js';

describe('the catalogue', () => {
  it('lists each mechanism under its own id', () => {
    expect([...catalogue.keys()]).toEqual([
      'rr',
      'grr',
      'sue',
      'oue',
      'one-bit-mean',
      'tree',
      'square-wave',
      'one-time-rappor',
      'rappor',
    ]);
    for (const [id, mechanism] of catalogue) expect(mechanism.id).toBe(id);
  });

  for (const mechanism of catalogue.values()) describeMechanism(mechanism);
});
