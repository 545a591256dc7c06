import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, install, MORNING, SECOND } from '../support/installation.js';
import { look } from '../support/look.js';
import { twoDaily } from '../support/registry.js';

const gpc = { globalPrivacyControl: true } as const;

describe('Global Privacy Control', () => {
  it('counts as denied, also after a consent that does not mention it', async () => {
    const installation = install(twoDaily, { seed: 'gpc' });
    const { client, time } = await installation.start(MORNING, gpc);
    await client.consent.grant();
    expect(client.consent.status).toBe('denied');
    client.record('crash');
    await time.advance(7 * HOUR);
    await client.stop();
    expect([...installation.texts.keys()]).toEqual(['consent']);
    expect((await look(client)).drops).toEqual({ 'no-consent': 1 });
  });

  it('is overruled by a person who grants after being told', async () => {
    const installation = install(twoDaily, { seed: 'despite' });
    const { client } = await installation.start(MORNING, gpc);
    await client.consent.grant({ despiteGpc: true });
    expect(client.consent.status).toBe('granted');
    await client.stop();
    const { time, client: later } = await installation.start(MORNING + DAY, gpc);
    expect(later.consent.status).toBe('granted');
    await time.advance(7 * HOUR);
    expect(installation.messages).toHaveLength(1);
  });

  it('is a no whatever the person says, where the registry does not declare that it asks', async () => {
    const { gpc: _, ...undeclared } = twoDaily;
    const installation = install(undeclared, { seed: 'undeclared' });
    const { client, time } = await installation.start(MORNING, gpc);
    await client.consent.grant({ despiteGpc: true });
    expect(client.consent.status).toBe('denied');
    await time.advance(8 * DAY);
    expect(installation.messages).toEqual([]);
  });

  it('switched on later silences, and erases what was waiting', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'later' });
    const before = await installation.start(MORNING + DAY);
    before.client.record('clicks', 3);
    await before.time.advance(2 * SECOND);
    before.client.record('crash');
    before.client.flushNow();
    const { client, time } = await installation.start(MORNING + DAY + HOUR, gpc);
    expect(client.consent.status).toBe('denied');
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
    await time.advance(7 * HOUR);
    expect(installation.messages).toEqual([]);
  });

  it('switched off again leaves the consent that was given', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'off-again' });
    await (await installation.start(MORNING + HOUR, gpc)).client.stop();
    const { client } = await installation.start(MORNING + 2 * HOUR);
    expect(client.consent.status).toBe('granted');
  });
});
