import { memoryStorage } from '@dither/server';
import { expect, it } from 'vitest';
import { testApp } from './fixture.js';

it('what the storage does not answer is answered by the server: try again', async () => {
  const hangs = () => new Promise<never>(() => undefined);
  const storage = {
    ...memoryStorage(),
    states: hangs,
    windows: hangs,
    saveCandidates: hangs,
    candidates: hangs,
    candidateLists: hangs,
    deleteCandidates: hangs,
  };
  const { app, get } = await testApp({ storage, limits: { storageMilliseconds: 50 } });
  const payload = 'a.example\n';
  const headers = { 'content-type': 'text/plain' };
  const put = { method: 'PUT', url: '/v1/candidates/hosts', headers, payload } as const;
  const asked = await Promise.all([
    get('/v1/metrics'),
    get('/v1/metrics/dark-mode/estimate'),
    get('/v1/candidates'),
    get('/v1/candidates/hosts'),
    app.inject(put),
    app.inject({ method: 'DELETE', url: '/v1/candidates/hosts' }),
  ]);
  for (const answer of asked) {
    expect(answer.json()).toMatchObject({ code: 'unavailable', status: 503, retry: true });
    expect(answer.headers['retry-after']).toBe('60');
  }
  // From memory.
  for (const url of ['/v1/registries', '/metrics', '/healthz']) expect((await get(url)).statusCode).toBe(200);

  // Hung while the list itself is written.
  const saving = await testApp({
    storage: { ...memoryStorage(), saveCandidates: hangs },
    limits: { storageMilliseconds: 50 },
  });
  expect((await saving.app.inject(put)).json()).toMatchObject({ code: 'unavailable' });
});
