import { describe, expect, it } from 'vitest';
import {
  type AnyInstallation,
  agreed,
  DAY,
  HOUR,
  install,
  MINUTE,
  MORNING,
  recordUntyped,
  SECOND,
} from '../support/installation.js';
import { readTraced, texts } from '../support/latched.js';
import { look } from '../support/look.js';
import { reportsIn } from '../support/receiver.js';
import { twoDaily } from '../support/registry.js';

async function openTexts(installation: AnyInstallation, at: number): Promise<Record<string, string>> {
  const { client } = await installation.start(at);
  const { open } = await look(client);
  return Object.fromEntries(open.map(({ metric, value }) => [metric, value]));
}

const NASTY = [
  'Grüße, 世界 🎉',
  '"quoted" \\ and \u0000\u001f\u007f',
  '\ud83d',
  'a\ud83d',
  '\u2028</script>',
  'none',
  '__proto__',
];

describe('a text', () => {
  it.each(NASTY)('survives a restart and a crash as it was: %j', async (value) => {
    const installation = await agreed(texts, MORNING, { seed: 'nasty' });
    const { client } = await installation.start(MORNING + MINUTE);
    client.record('homepage', value);
    await client.stop();
    expect(await openTexts(installation, MORNING + 2 * MINUTE)).toMatchObject({ homepage: value });
    const { client: crashing } = await installation.start(MORNING + 3 * MINUTE);
    crashing.record('signature', value);
    crashing.flushNow();
    expect(await openTexts(installation, MORNING + 4 * MINUTE)).toMatchObject({ homepage: value, signature: value });
  });

  it('is cut at the declared length, and the last one of a period counts', async () => {
    const installation = await agreed(texts, MORNING, { seed: 'cut' });
    const { client } = await installation.start(MORNING + MINUTE);
    client.record('homepage', 'first');
    client.record('homepage', `last${'x'.repeat(5000)}`);
    await client.stop();
    expect(await openTexts(installation, MORNING + HOUR)).toMatchObject({ homepage: `last${'x'.repeat(36)}` });
    const { time } = await installation.start(MORNING + DAY);
    await time.advance(7 * HOUR);
    const report = reportsIn(installation.messages, texts).find(({ metric }) => metric === 'homepage');
    expect(readTraced(report?.bytes ?? []).value).toBe('l');
  });

  it.each([undefined, null, 7, true, '', {}, ['a'], Symbol('x'), { toString: () => 'a' }, Object('a')])(
    'is no other thing than a string that says something: %s',
    async (value) => {
      const { client } = await (await agreed(texts, MORNING, { seed: 'invalid' })).start(MORNING + MINUTE);
      expect(recordUntyped(client, 'homepage', value)).toBeUndefined();
      const { open, drops } = await look(client);
      expect(drops).toEqual({ 'invalid-value': 1 });
      expect(open.every((record) => record.value === 'nothing yet')).toBe(true);
    },
  );
});

describe('what is stored of texts', () => {
  it('has a size in bytes that does not depend on them', async () => {
    const sizes = [];
    for (const value of ['', 'x', '\u0001'.repeat(200), '世'.repeat(200), '🎉'.repeat(500), '"\\'.repeat(100)]) {
      const installation = await agreed(texts, MORNING, { seed: 'bytes' });
      const { client } = await installation.start(MORNING + MINUTE);
      for (const id of ['homepage', 'search', 'signature'] as const) if (value !== '') client.record(id, value);
      await client.stop();
      sizes.push(Buffer.byteLength(installation.texts.get('open') as string));
    }
    expect(new Set(sizes).size).toBe(1);
  });

  it('also where a version that knows nothing of texts runs beside it', async () => {
    const sizes = [];
    for (const value of ['', '世'.repeat(200)]) {
      const installation = await agreed(texts, MORNING, { seed: 'versions' });
      const { client } = await installation.start(MORNING + MINUTE);
      if (value !== '') client.record('homepage', value);
      await client.stop();
      const other = install({ ...twoDaily, app: texts.app }, { seed: 'other', texts: installation.texts });
      const run = await other.start(MORNING + HOUR);
      await run.client.consent.grant();
      run.client.record('crash');
      await run.client.stop();
      sizes.push(Buffer.byteLength(installation.texts.get('open') as string));
    }
    expect(new Set(sizes).size).toBe(1);
  });

  it.each(['x', 'y'.repeat(1024), 'y'.repeat(1025), { length: 1 }, ['x'], null])(
    'is believed only if it is a text of 1024 at most: %#',
    async (value) => {
      const { fingerprint } = texts.metrics.homepage;
      const isBelieved = typeof value === 'string' && value.length <= 1024;
      const installation = await agreed(texts, MORNING, { seed: 'believed' });
      const records = { homepage: [{ start: 20_440, fingerprint, value }] };
      installation.texts.set('note:forged', JSON.stringify({ grants: 1, records }));
      const { client, time } = await installation.start(MORNING + MINUTE);
      await time.advance(SECOND);
      const { open, drops } = await look(client);
      expect(open.find(({ metric }) => metric === 'homepage')?.value).toBe(isBelieved ? value : 'nothing yet');
      expect(drops).toEqual(isBelieved ? {} : { 'storage-failed': 1 });
    },
  );
});
