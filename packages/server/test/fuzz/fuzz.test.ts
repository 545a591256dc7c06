import { describe, expect, it } from 'vitest';
import { announcedSeed } from '../support/random.js';
import { fuzz } from './fuzz.js';
import { fuzzSockets } from './sockets.js';

const seed = announcedSeed('fuzz');

describe('20,000 inputs', () => {
  it('are answered as they should be; what is refused changes nothing', async () => {
    const { accepted, duplicates, refused, growth } = await fuzz({ seed, inputs: 16_000, replayed: 2000 });
    // So that it has been somewhere.
    expect(Math.min(accepted, duplicates, refused)).toBeGreaterThan(500);
    expect(growth).toBeLessThan(200);
  });

  it('would show a server that counts something else', async () => {
    const wrong = fuzz({
      seed,
      inputs: 1000,
      replayed: 10,
      between: (storage) => ({
        ...storage,
        // It says that it has counted all, and leaves one out.
        commit: async ([left, ...others]) => [
          ...(left === undefined ? [] : ['accepted' as const]),
          ...(await storage.commit(others)),
        ],
      }),
    });
    await expect(wrong).rejects.toThrow(/to deeply equal|a duplicate was counted/);
  });
});

describe('500 connections', () => {
  it('with what may be no HTTP are answered with problems, or closed', async () => {
    const statuses = await fuzzSockets(seed, 500);
    expect(statuses.get(200)).toBeGreaterThan(10);
    expect(statuses.get(400)).toBeGreaterThan(10);
  });
});
