import { fromBase64url } from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { DAY, install, MINUTE, MORNING, SECOND } from '../support/installation.js';
import { look } from '../support/look.js';
import { reportsIn } from '../support/receiver.js';
import { everyAggregate } from '../support/registry.js';

describe('an app restarted ten times in a period and killed after a crash', () => {
  async function tenStarts() {
    const installation = install(everyAggregate, { seed: 'killed' });
    for (let i = 0; i < 10; i++) {
      const { client, time } = await installation.start(MORNING + i * 10 * MINUTE);
      if (i === 0) await client.consent.grant();
      client.record('clicks');
      if (i < 9) await time.advance(2 * SECOND);
      else {
        client.record('crash');
        client.flushNow();
      }
    }
    return installation;
  }

  it('still has both, the ten clicks and the crash', async () => {
    const installation = await tenStarts();
    const { client } = await installation.start(MORNING + 2 * 60 * MINUTE);
    const { open, drops } = await look(client);
    const values = Object.fromEntries(open.map(({ metric, value }) => [metric, value]));
    expect(values).toMatchObject({ clicks: '10', crash: 'yes' });
    expect(drops).toEqual({});
    expect([...installation.texts.keys()].filter((key) => key.startsWith('note:'))).toEqual([]);
  });

  it('reports that period in the next, once', async () => {
    const installation = await tenStarts();
    const { client, time } = await installation.start(MORNING + DAY);
    const { queued } = await look(client);
    expect(queued).toHaveLength(1);
    await time.advance(DAY / 2);
    expect(installation.messages.map(({ bytes }) => bytes)).toEqual(queued.map(({ bytes }) => bytes));
    const reports = reportsIn(installation.messages, everyAggregate);
    expect(reports.map(({ metric }) => metric)).toEqual(everyAggregate.wire.map(({ id }) => id));
    expect(new Set(reports.map(({ window }) => window))).toEqual(new Set([20_440]));
  });

  it('merges a note once, wherever the merge was cut', async () => {
    // Cut 0 to 5 writes after the start: the note is neither lost nor counted twice.
    for (let cut = 0; cut < 6; cut++) {
      const installation = await tenStarts();
      let left = cut;
      await installation.start(MORNING + 3 * 60 * MINUTE, {
        wrap: (platform) => ({
          ...platform,
          storage: {
            ...platform.storage,
            async write(entries) {
              for (const entry of entries) {
                if (left-- <= 0) throw new Error('killed');
                await platform.storage.write([entry]);
              }
            },
            notes: {
              append: () => undefined,
              list: async () => (await platform.storage.notes?.list()) ?? [],
              async remove(names) {
                for (const name of names) {
                  if (left-- <= 0) throw new Error('killed');
                  await platform.storage.notes?.remove([name]);
                }
              },
            },
          },
        }),
      });
      const { client } = await installation.start(MORNING + 4 * 60 * MINUTE);
      const { open } = await look(client);
      expect(open.find(({ metric }) => metric === 'clicks')?.value).toBe('10');
      expect(open.find(({ metric }) => metric === 'crash')?.value).toBe('yes');
    }
  });

  it('tells the next crash from the one before, once that has been merged', async () => {
    const installation = await tenStarts();
    const { client, time } = await installation.start(MORNING + 5 * 60 * MINUTE);
    client.record('clicks', 20);
    client.flushNow();
    await time.advance(2 * MINUTE);
    client.record('clicks', 12);
    client.flushNow();
    const { client: later } = await installation.start(MORNING + 6 * 60 * MINUTE);
    expect((await look(later)).open.find(({ metric }) => metric === 'clicks')?.value).toBe('42');
  });

  it('leaves nothing true once the period is randomized', async () => {
    const installation = await tenStarts();
    const { client } = await installation.start(MORNING + DAY);
    await client.stop();
    const { records } = JSON.parse(installation.texts.get('open') as string) as { records: Record<string, object[]> };
    expect(Object.values(records).flat()).toHaveLength(everyAggregate.wire.length);
    expect(
      Object.values(records)
        .flat()
        .every((record) => !('value' in record)),
    ).toBe(true);
    const [batch] = JSON.parse(installation.texts.get('queue') as string) as [{ body: string; id: string }];
    expect(fromBase64url(batch.body)?.length).toBeGreaterThan(27);
    expect(Object.keys(batch).sort()).toEqual(['body', 'day', 'due', 'id', 'tries']);
  });
});
