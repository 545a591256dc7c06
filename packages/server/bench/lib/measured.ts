import type { Answers, Burst } from '../children/load.js';
import type { Kind, Usage } from '../children/serve.js';
import { type Child, type Runtime, startChild } from './child.js';

/** A server in a process of its own, under measured load from another. */
export interface Measured {
  /** @returns CPU of the server, microseconds a batch, and how it answered */
  burst(form: Burst['form'], batches: number): Promise<Answers & { readonly cpu: number }>;
  usage(): Promise<Usage>;
  end(): Promise<void>;
}

/** @param database - file of one that is durable */
export async function measured(load: Child, kind: Kind, database = '', runtime: Runtime = {}): Promise<Measured> {
  const server = startChild('serve', { kind, database }, runtime);
  const port = await server.said<number>();
  const usage = () => server.ask<Usage>('usage');
  return {
    async burst(form, batches) {
      const before = await usage();
      const answers = await load.ask<Answers>({ port, form, batches } satisfies Burst);
      const after = await usage();
      return { ...answers, cpu: (after.cpu - before.cpu) / batches };
    },
    usage,
    async end() {
      void server.ask('end').catch(() => undefined);
      await server.ended;
    },
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
