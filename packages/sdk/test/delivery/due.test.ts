import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, MINUTE, MORNING, SECOND } from '../support/installation.js';
import { look } from '../support/look.js';
import { crashOnly } from '../support/registry.js';

const INSTALLATIONS = 600;
/** Upper quantiles of chi-square at 1e-6, with 5 degrees of freedom: the false-alarm rate of each test below. */
const QUANTILE = 35.89;

/** Pearson's statistic of `delays` against the uniform law over [0, length), in six cells. */
function pearson(delays: readonly number[], length: number): number {
  const counts = new Array<number>(6).fill(0);
  for (const delay of delays) {
    const cell = Math.min(5, Math.floor((6 * delay) / length));
    counts[cell] = (counts[cell] as number) + 1;
  }
  const expected = delays.length / 6;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('a report', () => {
  it('leaves at a random moment of the six hours after its period was closed', async () => {
    const delays: number[] = [];
    for (let n = 0; n < INSTALLATIONS; n++) {
      const installation = await agreed(crashOnly, MORNING, { seed: `due-${n}` });
      const { client, time } = await installation.start(MORNING + DAY);
      const { queued } = await look(client);
      expect(installation.messages).toEqual([]);
      delays.push((queued[0]?.due as number) - time.clock.wall());
      if (n % 20 > 0) continue;
      await time.advance(6 * HOUR + MINUTE);
      // Sent at the first look at the clock after it was due.
      const late = (installation.messages[0]?.at as number) - (queued[0]?.due as number);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(MINUTE);
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(6 * HOUR);
    expect(pearson(delays, 6 * HOUR)).toBeLessThan(QUANTILE);
  });

  it('that fell due while the app was off leaves within a minute of the start, at a moment of its own', async () => {
    const delays: number[] = [];
    for (let n = 0; n < INSTALLATIONS; n++) {
      const installation = await agreed(crashOnly, MORNING, { seed: `late-${n}` });
      const { client } = await installation.start(MORNING + DAY);
      await client.stop();
      const at = MORNING + DAY + 8 * HOUR;
      const { time } = await installation.start(at);
      await time.advance(61 * SECOND);
      expect(installation.messages).toHaveLength(1);
      delays.push((installation.messages[0]?.at as number) - at);
    }
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(MINUTE);
    expect(pearson(delays, MINUTE)).toBeLessThan(QUANTILE);
  });

  it('is not sent by hiding, closing or crashing', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'hidden' });
    const { client } = await installation.start(MORNING + DAY);
    const before = installation.texts.get('queue');
    client.record('crash');
    await client.flush();
    client.record('crash');
    client.flushNow();
    await client.stop();
    expect(installation.messages).toEqual([]);
    expect(installation.texts.get('queue')).toBe(before);
  });

  it('is not randomized by hiding or closing after its period has ended', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'ended' });
    const { client, time } = await installation.start(MORNING);
    time.setWall(MORNING + DAY);
    client.record('crash');
    await client.flush();
    await client.stop();
    expect(installation.texts.has('queue')).toBe(false);
    expect(installation.texts.get('ledger')).toContain('"spent":0');
  });
});
