import { policy } from '../policy.js';
import type { Block } from '../tally.js';

/** The blocks of one repetition: what a thread does at a time. */
export function blocksOf(repetition: number, clients: number): readonly Block[] {
  return Array.from({ length: Math.ceil(clients / policy.blockClients) }, (_, i) => {
    const from = i * policy.blockClients;
    return { repetition, from, to: Math.min(clients, from + policy.blockClients) };
  });
}
