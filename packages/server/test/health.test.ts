import { connect } from 'node:net';
import { memoryStorage, StorageError, startServer } from '@dither/server';
import { describe, expect, it, vi } from 'vitest';
import { sharedProbe } from '../src/telemetry/shared-probe.js';
import { batchBytes, DAY, registry, testApp, testClock } from './fixture.js';
import { PATIENTLY } from './support/until.js';

function counting(outcome: () => Promise<void>) {
  let tries = 0;
  const probe = () => {
    tries++;
    return outcome();
  };
  return { storage: { ...memoryStorage(), probe }, tries: () => tries };
}

const full = async (): Promise<never> => {
  throw new StorageError('not-stored', 'the disk is full');
};

describe('GET /readyz', () => {
  it('says whether batches can be stored', async () => {
    let outcome: () => Promise<void> = full;
    const { storage } = counting(() => outcome());
    const { get, clock } = await testApp({ storage });
    const refused = await get('/readyz');
    expect(refused.json()).toMatchObject({ code: 'unavailable', status: 503, retry: true });
    expect(refused.headers['retry-after']).toBe('60');
    expect(refused.headers['content-type']).toContain('application/problem+json');
    outcome = async () => undefined;
    clock.set(DAY, 1000);
    expect((await get('/readyz')).json()).toEqual({ status: 'ok' });
    // The process is alive all along.
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
  });

  it('tries the storage once a second at most, whoever asks', async () => {
    const { storage, tries } = counting(async () => undefined);
    const { get, clock } = await testApp({ storage });
    await Promise.all(Array.from({ length: 50 }, () => get('/readyz')));
    clock.set(DAY, 999);
    await get('/readyz');
    expect(tries()).toBe(1);
    clock.set(DAY, 1000);
    await Promise.all(Array.from({ length: 50 }, () => get('/readyz')));
    expect(tries()).toBe(2);
    // A clock that is set back does not keep an old answer.
    clock.set(DAY - 1);
    await get('/readyz');
    expect(tries()).toBe(3);
  });

  it('says no while commits fail, however well the tries go: they need less room', async () => {
    const memory = memoryStorage();
    let commit: typeof memory.commit = full;
    const { storage } = counting(async () => undefined);
    const { get, post, clock } = await testApp({ storage: { ...storage, commit: (batches) => commit(batches) } });
    const yes = () => batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] });
    const ready = async () => (await get('/readyz')).statusCode;
    expect(await ready()).toBe(200);
    expect((await post(yes())).statusCode).toBe(503);
    expect(await ready()).toBe(503);
    clock.set(DAY, 5000);
    // Of duplicates alone nothing is written.
    commit = async (batches) => batches.map(() => 'duplicate');
    expect((await post(yes())).statusCode).toBe(200);
    expect(await ready()).toBe(503);
    commit = memory.commit;
    expect((await post(yes())).statusCode).toBe(200);
    expect(await ready()).toBe(200);
    commit = full;
    expect((await post(yes())).statusCode).toBe(503);
    clock.set(DAY, 14_999);
    expect(await ready()).toBe(503);
    // Where no batch comes there is nothing else to go by.
    clock.set(DAY, 15_000);
    expect(await ready()).toBe(200);
  });

  it('starts no second try while one hangs', async () => {
    const { storage, tries } = counting(() => new Promise(() => undefined));
    const clock = testClock();
    const isWritable = sharedProbe(storage, clock);
    void isWritable();
    for (let second = 1; second < 5; second++) {
      clock.set(DAY, 1000 * second);
      void isWritable();
    }
    expect(tries()).toBe(1);
  });

  it('says no once the server is ending, to whoever is still connected', async () => {
    let store: (outcomes: 'accepted'[]) => void = () => undefined;
    const stalled = new Promise<'accepted'[]>((resolve) => {
      store = resolve;
    });
    const commit = vi.fn(() => stalled);
    const storage = { ...memoryStorage(), commit };
    const server = await startServer({ registries: [registry], storage, clock: testClock() });
    const { hostname, port } = new URL(server.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    const batch = Buffer.from(batchBytes({ reports: [{ id: 'dark-mode', bytes: [1] }] }));
    const type = 'application/octet-stream';
    socket.write(
      `POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${batch.length}\r\n\r\n`,
    );
    socket.write(batch);
    await vi.waitFor(() => expect(commit).toHaveBeenCalled(), PATIENTLY);
    const closed = server.close();
    socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    // Answers go out in the order of the questions: the second waits for the first.
    await new Promise((resolve) => setTimeout(resolve, 50));
    store(['accepted']);
    await Promise.all([closed, ended]);
    const answers = Buffer.concat(received).toString();
    expect(answers).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(answers).toContain('"accepted":1');
    expect(answers).toMatch(/HTTP\/1\.1 503 Service Unavailable[\s\S]*"code":"unavailable"/);
  });
});
