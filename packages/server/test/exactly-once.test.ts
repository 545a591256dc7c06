import { randomBytes } from 'node:crypto';
import { memoryStorage, StorageError } from '@dither/server';
import { describe, expect, it } from 'vitest';
import { batchBytes, counted, DAY, testApp } from './fixture.js';

const YES = { id: 'dark-mode', bytes: [1] } as const;

describe('the server', () => {
  it('answers 503 with Retry-After while it cannot store', async () => {
    const memory = memoryStorage();
    const commit = async () => {
      throw new StorageError('not-stored', 'disk full');
    };
    const { post } = await testApp({ storage: { ...memory, commit } });
    const response = await post(batchBytes({ reports: [YES] }));
    expect(response.json()).toMatchObject({ code: 'unavailable', status: 503, retry: true });
    expect(response.headers['retry-after']).toBe('60');
  });

  it('counts every batch once under concurrent duplicates', async () => {
    const { post, storage } = await testApp();
    const nonces = Array.from({ length: 100 }, () => randomBytes(16));
    const bodies = nonces.map((nonce) => batchBytes({ nonce, reports: [YES, { id: 'theme', bytes: [1] }] }));
    const sent = [...bodies, ...bodies, ...bodies].sort(() => (randomBytes(1)[0] as number) - 128);
    const receipts = await Promise.all(sent.map(async (body) => (await post(body)).json()));
    expect(receipts.filter(({ duplicate }) => duplicate === false)).toHaveLength(100);
    expect(receipts.filter(({ duplicate }) => duplicate === true)).toHaveLength(200);
    expect(await counted(storage, 'theme')).toEqual([{ window: DAY - 1, n: 100, counts: [0, 100, 0] }]);
  });
});
