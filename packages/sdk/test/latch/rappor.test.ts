import { aggregator as rapporAggregator } from '@dither/mechanisms/rappor';
import type { Metric } from '@dither/protocol';
import { defineRegistry, text } from '@dither/sdk';
import { oneTimeRappor, rappor } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, ledgerIn, MORNING, slowly } from '../support/installation.js';
import { reportsIn } from '../support/receiver.js';
import { about } from '../support/registry.js';

const DAYS = 8;
const latch = { epsilonFirst: 8, epsilonInfinity: 10, epoch: DAYS } as const;
const reason = 'The tests read the value back.';
const registry = defineRegistry({
  app: 'org.example.rappor',
  expectedClients: 1000,
  budget: { perWindow: 10_000, lifetime: 10_000 },
  metrics: {
    homepage: text({ ...about, mechanism: rappor, latch, reason }),
    search: text({ ...about, mechanism: rappor, latch, reason }),
    signature: text({ ...about, mechanism: oneTimeRappor, epsilon: 8, reason }),
  },
});

/** An epoch in which the homepage is `homepage` on the first day and another on each later one. */
async function epochOf(seed: string, homepage: string) {
  const installation = await agreed(registry, MORNING, { seed });
  for (let day = 0; day <= DAYS; day++) {
    const { client, time } = await installation.start(MORNING + day * DAY, { wrap: slowly });
    client.record('homepage', day === 0 ? homepage : `${day}.example`);
    client.record('signature', 'TypeError');
    await time.advance(7 * HOUR);
    await client.stop();
  }
  const reports = reportsIn(installation.messages, registry);
  const { params } = registry.metrics.homepage as Metric;
  const of = (id: string) =>
    reports
      .filter(({ metric }) => metric === id)
      .map(({ bytes }) => rapporAggregator.decode(params as never, Uint8Array.from(bytes)));
  return { installation, homepages: of('homepage'), searches: of('search'), signatures: of('signature') };
}

describe('RAPPOR in an installation', () => {
  it('reports all of an epoch from one stored filter, in one cohort, and is charged its table', async () => {
    const { installation, homepages, searches } = await epochOf('rappor', 'a.example');
    expect(homepages).toHaveLength(DAYS);
    expect(new Set([...homepages, ...searches].map(({ cohort }) => cohort)).size).toBe(1);
    const { microEpoch } = registry.metrics.homepage;
    expect(ledgerIn(installation.texts).metrics['homepage']?.spent).toBe(microEpoch.at(-1));
  });

  it('keeps to the text of the first day', async () => {
    const first = await epochOf('text', 'a.example');
    const other = await epochOf('text', 'b.example');
    const bitsOf = ({ homepages }: typeof first) =>
      Array.from({ length: 128 }, (_, bit) =>
        homepages.filter(({ filter }) => (((filter[bit >> 3] as number) >> (bit & 7)) & 1) === 1),
      ).flatMap((reports, bit) => (reports.length > DAYS / 2 ? [bit] : []));
    // The same coins, so the same cohort and the same flips: what differs is the bit of each text.
    const [own, others] = [bitsOf(first), bitsOf(other)];
    const different = [...own.filter((bit) => !others.includes(bit)), ...others.filter((bit) => !own.includes(bit))];
    expect(different).toHaveLength(2);
    expect(bitsOf(await epochOf('text', 'a.example'))).toEqual(own);
  });

  it('with one stage draws a cohort for each report', async () => {
    const { signatures } = await epochOf('one stage', 'a.example');
    // Eight draws of 64: all the same with a chance of 64^-7.
    expect(new Set(signatures.map(({ cohort }) => cohort)).size).toBeGreaterThan(1);
  });
});
