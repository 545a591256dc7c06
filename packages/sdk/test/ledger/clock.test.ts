import { describe, expect, it } from 'vitest';
import { type AnyInstallation, agreed, DAY, HOUR, ledgerIn, MINUTE, MORNING } from '../support/installation.js';
import { look } from '../support/look.js';
import { keysOf, reportsIn } from '../support/receiver.js';
import { twoDaily } from '../support/registry.js';

const spentOf = (installation: AnyInstallation): number => ledgerIn(installation.texts).spent;
const PER_DAY = 500_000;

describe('a clock set back', () => {
  it('spends nothing until the day it had reached is past again', async () => {
    const installation = await agreed(twoDaily, MORNING + 10 * DAY, { seed: 'back' });
    for (let day = 0; day <= 10; day++) {
      const { client, time } = await installation.start(MORNING + day * DAY);
      client.record('crash');
      await time.advance(2 * MINUTE);
      await client.stop();
      expect(spentOf(installation)).toBe(0);
      expect(ledgerIn(installation.texts).highWater).toBe(20_450);
    }
    await installation.start(MORNING + 11 * DAY);
    expect(spentOf(installation)).toBe(PER_DAY);
  });

  it('back and forth in one process closes a period once', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'to-and-fro' });
    const { time } = await installation.start(MORNING);
    for (let i = 0; i < 10; i++) {
      time.setWall(MORNING + DAY);
      await time.advance(2 * MINUTE);
      time.setWall(MORNING);
      await time.advance(2 * MINUTE);
    }
    expect(spentOf(installation)).toBe(PER_DAY);
  });

  it('does not hold back what waits to be sent', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'waiting' });
    const { client } = await installation.start(MORNING + DAY);
    await client.stop();
    const { time } = await installation.start(MORNING + 4 * DAY);
    time.setWall(MORNING - 30 * DAY);
    await time.advance(7 * HOUR);
    // What was closed on day 1, and on day 4.
    expect(installation.messages).toHaveLength(2);
  });
});

describe('a clock that jumps forward', () => {
  it('closes at most one period of a metric per start', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'jumps' });
    const { time } = await installation.start(MORNING);
    for (let jump = 1; jump <= 20; jump++) {
      time.setWall(MORNING + jump * DAY);
      await time.advance(2 * MINUTE);
    }
    expect(spentOf(installation)).toBe(PER_DAY);
    for (let jump = 21; jump <= 25; jump++) {
      await installation.start(MORNING + jump * DAY);
      expect(spentOf(installation)).toBe((jump - 19) * PER_DAY);
    }
  });

  it('and one more per period that has really passed', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'monotonic' });
    const { time } = await installation.start(MORNING);
    for (let hour = 1; hour <= 72; hour++) {
      await time.advance(HOUR);
      // Nine days for each that passes.
      time.setWall(MORNING + hour * 9 * HOUR);
      await time.advance(MINUTE);
      const passed = Math.floor((hour * (HOUR + MINUTE)) / DAY);
      expect(spentOf(installation)).toBeLessThanOrEqual((1 + passed) * PER_DAY);
    }
    expect(spentOf(installation)).toBe(4 * PER_DAY);
  });

  it('does not make up for the days it skipped', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'skipped' });
    for (const day of [20, 21]) {
      const { client, time } = await installation.start(MORNING + day * DAY);
      await time.advance(7 * HOUR);
      await client.stop();
    }
    const windows = reportsIn(installation.messages, twoDaily).map(({ window }) => window - 20_440);
    expect([...new Set(windows)]).toEqual([0, 20]);
  });

  it('beyond the age of a report closes without a charge', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'too-old' });
    const { client } = await installation.start(MORNING + 30 * DAY);
    expect(spentOf(installation)).toBe(0);
    expect((await look(client)).drops).toEqual({ 'too-old': 2 });
    expect(keysOf(reportsIn(installation.messages, twoDaily))).toEqual([]);
  });
});
