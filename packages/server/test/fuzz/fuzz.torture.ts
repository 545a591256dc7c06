import { describe, expect, it } from 'vitest';
import { announcedSeed } from '../support/random.js';
import { fuzz } from './fuzz.js';
import { fuzzSockets } from './sockets.js';

const seed = announcedSeed('fuzz');

describe('1,000,000 inputs', () => {
  it('are answered as they should be; what is refused changes nothing', async () => {
    const { growth } = await fuzz({ seed, inputs: 900_000, replayed: 50_000 });
    expect(growth).toBeLessThan(20);
  });

  it('and 20,000 connections with what may be no HTTP', async () => {
    await fuzzSockets(seed, 20_000);
  });
});
