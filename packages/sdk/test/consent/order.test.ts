import type { Platform } from '@dither/sdk';
import { createClient } from '@dither/sdk';
import { nodePlatform } from '@dither/sdk/node';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/children.js';
import { agreed, install, MORNING } from '../support/installation.js';
import { crashOnly, twoDaily } from '../support/registry.js';

/** Locks that let in whoever came last, as a polled lock file may. */
function lastComeFirst(platform: Platform): Platform {
  const waiting: (() => void)[] = [];
  let isHeld = false;
  return {
    ...platform,
    storage: {
      ...platform.storage,
      async lock(_name, task) {
        await new Promise<void>((enter) => {
          waiting.push(enter);
          setTimeout(() => {
            if (!isHeld) {
              isHeld = true;
              waiting.pop()?.();
            }
          }, 5);
        });
        try {
          return await task();
        } finally {
          isHeld = false;
          setTimeout(() => {
            if (!isHeld && waiting.length > 0) {
              isHeld = true;
              waiting.pop()?.();
            }
          }, 0);
        }
      },
    },
  };
}

describe('the last word of the person', () => {
  it.each([
    ['grant then withdraw', ['grant', 'withdraw'], 'denied'],
    ['withdraw then grant', ['withdraw', 'grant'], 'granted'],
    ['grant, withdraw, grant, withdraw', ['grant', 'withdraw', 'grant', 'withdraw'], 'denied'],
  ] as const)('counts, whatever order storage takes them in: %s', async (_title, words, status) => {
    const installation = install(twoDaily, { seed: 'order' });
    const { client } = await installation.start(MORNING, { wrap: lastComeFirst });
    await Promise.all(words.map((word) => client.consent[word]()));
    expect(client.consent.status).toBe(status);
    expect(JSON.parse(installation.texts.get('consent') as string).status).toBe(status);
  });

  it('counts on the Node platform, twenty times', async () => {
    for (let i = 0; i < 20; i++) {
      const platform = nodePlatform({ directory: await temporaryFolder() });
      const client = createClient({ registry: crashOnly, endpoint: 'http://127.0.0.1:9', platform });
      await client.ready;
      await Promise.all([client.consent.grant(), client.consent.withdraw()]);
      const { consent } = await platform.storage.read(['consent']);
      expect(JSON.parse(consent as string).status).toBe('denied');
      await client.stop();
    }
  });
});

describe('isCurrent', () => {
  it('says whether everything this version declares was agreed to', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'current' });
    const { client } = await installation.start(MORNING);
    expect(client.consent.isCurrent).toBe(true);
    await client.consent.withdraw();
    expect(client.consent.isCurrent).toBe(false);
  });
});
