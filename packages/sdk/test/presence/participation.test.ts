import { describe, expect, it } from 'vitest';
import { gatedPlatform } from '../support/fragile.js';
import {
  agreed,
  DAY,
  HOUR,
  install,
  ledgerIn,
  MINUTE,
  MORNING,
  recordUntyped,
  SECOND,
} from '../support/installation.js';
import { look } from '../support/look.js';
import { broken, promisedBy } from '../support/promises.js';
import { reportsIn } from '../support/receiver.js';
import { sampled } from '../support/registry.js';

/** The draws of `windows` budget windows in a row, opened twice a week. */
async function drawsOf(seed: string, windows: number, visit: (at: number, client: object) => void) {
  const installation = await agreed(sampled, MORNING, { seed });
  const draws: (readonly string[])[] = [];
  for (let day = 0; day < 28 * windows; day += 3) {
    const { client, time } = await installation.start(MORNING + day * DAY + HOUR);
    visit(day, client);
    await time.advance(2 * MINUTE);
    const { draw } = ledgerIn(installation.texts);
    expect(draw.window).toBe(20_440 + 28 * Math.floor(day / 28));
    // The same throughout a window.
    expect(draw.metrics).toEqual(draws[Math.floor(day / 28)] ?? draw.metrics);
    draws[Math.floor(day / 28)] = draw.metrics;
    await client.stop();
  }
  return { draws, installation };
}

describe('sampled participation', () => {
  it('draws a part that fits, keeps it for the budget window, and draws anew in the next', async () => {
    const seen = new Set<string>();
    let changes = 0;
    for (let n = 0; n < 12; n++) {
      const { draws } = await drawsOf(`draw-${n}`, 2, () => undefined);
      for (const draw of draws) {
        expect(draw.filter((id) => id.startsWith('weekly'))).toHaveLength(1);
        expect(draw.filter((id) => id.startsWith('monthly'))).toHaveLength(4);
        for (const id of draw) seen.add(id);
      }
      if (String(draws[0]) !== String(draws[1])) changes++;
    }
    // Each of six weekly metrics is missing from 24 draws with a chance of (5/6)^24, 1.3%; equal pairs: 1 in 6.
    expect(seen.size).toBe(10);
    expect(changes).toBeGreaterThan(4);
  });

  it('draws the same whatever is recorded', async () => {
    const { draws } = await drawsOf('values', 3, () => undefined);
    const busy = await drawsOf('values', 3, (_day, client) => {
      for (const { id } of sampled.wire) recordUntyped(client, id);
    });
    expect(busy.draws).toEqual(draws);
  });

  it('keeps its draw through withdrawal and a new consent', async () => {
    const { draws } = await drawsOf('consent', 1, () => undefined);
    const installation = await agreed(sampled, MORNING, { seed: 'consent' });
    for (let i = 0; i < 10; i++) {
      const { client } = await installation.start(MORNING + i * DAY);
      await client.consent.withdraw();
      await client.consent.grant();
      await client.stop();
      expect(ledgerIn(installation.texts).draw.metrics).toEqual(draws[0]);
    }
  });

  it('is persisted before any value is', async () => {
    const installation = install(sampled, { seed: 'before' });
    const states: (readonly string[])[] = [];
    const { client, time } = await installation.start(MORNING, {
      wrap: (platform) =>
        gatedPlatform(platform, (step) => {
          if (step === 'write') states.push([...installation.texts.keys()].sort());
        }),
    });
    for (const { id } of sampled.wire) recordUntyped(client, id);
    await client.consent.grant();
    for (const { id } of sampled.wire) recordUntyped(client, id);
    await time.advance(2 * SECOND);
    // What was there before each write: consent, then the ledger with its draw, then what is open.
    expect(states).toEqual([[], ['consent'], ['consent', 'ledger'], ['consent', 'ledger', 'open']]);
    expect(ledgerIn(installation.texts).draw.metrics).toHaveLength(5);
  });

  it('reports what was drawn in full, and nothing else', async () => {
    const { draws, installation } = await drawsOf('in-full', 3, (_day, client) => {
      for (const { id } of sampled.wire) recordUntyped(client, id);
    });
    const { client, time } = await installation.start(MORNING + 84 * DAY);
    await time.advance(7 * HOUR);
    expect((await look(client)).reporting).toHaveLength(5);
    const reports = reportsIn(installation.messages, sampled);
    for (const [i, draw] of draws.entries()) {
      const start = 20_440 + 28 * i;
      const inWindow = reports.filter(({ window }) => window >= start && window < start + 28);
      const expected = draw.flatMap((id) =>
        (id.startsWith('weekly') ? [0, 7, 14, 21] : [0]).map((offset) => `${id}@${start + offset}`),
      );
      expect(inWindow.map(({ metric, window }) => `${metric}@${window}`).sort()).toEqual(expected.sort());
    }
    const { spent } = ledgerIn(installation.texts);
    expect(broken(installation.messages, [sampled], promisedBy(sampled), spent)).toEqual([]);
  });

  it('says what was recorded for the others', async () => {
    const installation = await agreed(sampled, MORNING, { seed: 'not-drawn' });
    const { client, time } = await installation.start(MORNING + HOUR);
    for (const { id } of sampled.wire) recordUntyped(client, id);
    await time.advance(2 * SECOND);
    expect((await look(client)).drops).toEqual({ 'not-drawn': 5 });
  });
});
