import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, MINUTE, MORNING, recordUntyped } from '../support/installation.js';
import { texts } from '../support/latched.js';

const notesIn = (kept: ReadonlyMap<string, string>): readonly string[] =>
  [...kept].filter(([key]) => key.startsWith('note:')).map(([, text]) => text);

/** A visit that records by every way there is, and what is found in storage at each step of it. */
async function visit(installation: Awaited<ReturnType<typeof agreed>>, at: number, text: string): Promise<string[]> {
  const found: string[] = [];
  const look = (): number => found.push([...installation.texts.values()].join());
  const { client } = await installation.start(at);
  recordUntyped(client, 'homepage', text);
  await client.flush();
  look();
  recordUntyped(client, 'homepage', text);
  recordUntyped(client, 'signature', 'something else');
  client.flushNow();
  look();
  expect(notesIn(installation.texts)).toHaveLength(1);
  await client.flush();
  look();
  recordUntyped(client, 'homepage', text);
  await client.stop();
  look();
  return found;
}

describe('a latched metric', () => {
  it('keeps no truth once its epoch is latched, wherever what happens is written', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'truth' });
    expect((await visit(installation, MORNING + HOUR, 'first.example')).join()).toContain('first.example');
    for (let day = 1; day < 15; day++) {
      const found = (await visit(installation, MORNING + day * DAY, 'secret.example')).join();
      expect(found).not.toContain('first.example');
      // On day 14 the last period of the epoch is closed, and the next epoch's first is open: it will be read.
      expect(found.includes('secret.example')).toBe(day === 14);
    }
  });

  it('loses what waits in its other periods with the write that latches it', async () => {
    const installation = await agreed(texts, MORNING - DAY, { seed: 'other periods' });
    const { client, time } = await installation.start(MORNING);
    client.record('homepage', 'secret one');
    await client.flush();
    // The clock jumps: this process has closed the day before, and may not close another so soon.
    time.setWall(MORNING + DAY);
    await time.advance(MINUTE);
    client.record('homepage', 'secret two');
    await client.stop();
    expect(installation.texts.get('open')).toMatch(/secret one.*secret two/);
    await installation.start(MORNING + DAY + HOUR);
    expect(installation.texts.get('latch')).toContain('homepage');
    expect([...installation.texts.values()].join()).not.toContain('secret');
  });

  it('keeps none while it is silent after a withdrawal, nor does one that was never latched in that epoch', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'silent' });
    const { client } = await installation.start(MORNING + DAY);
    await client.consent.withdraw();
    await client.consent.grant();
    client.record('homepage', 'secret.example');
    client.record('search', 'secret.example');
    await client.flush();
    client.record('search', 'secret.example');
    client.record('signature', 'something else');
    client.flushNow();
    const found = [...installation.texts.values()].join();
    expect(found).toContain('something else');
    expect(found).not.toContain('secret');
  });

  it('takes the same room, whether truth is kept or not', async () => {
    const sizes = async (text: string | undefined) => {
      const installation = await agreed(texts, MORNING, { seed: 'room' });
      const found: number[] = [];
      for (let day = 0; day < 3; day++) {
        const { client } = await installation.start(MORNING + day * DAY);
        if (text !== undefined) client.record('homepage', text);
        await client.stop();
        found.push(installation.texts.get('open')?.length ?? 0, installation.texts.get('latch')?.length ?? 0);
      }
      return found;
    };
    const none = await sizes(undefined);
    expect(await sizes('a.example')).toEqual(none);
    expect(await sizes('\u0001'.repeat(40))).toEqual(none);
  });
});
