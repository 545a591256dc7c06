import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodePlatform } from '@dither/sdk/node';
import { describe, expect, it } from 'vitest';
import { killNow, runChild, startChild, temporaryFolder } from '../support/children.js';

/** Leaves a lock behind, like this process's own but for `change`. */
async function writeLock(directory: string, change: { pid?: number; started?: string; place?: string }): Promise<void> {
  const own = await nodePlatform({ directory }).storage.lock('probe', () =>
    readFile(join(directory, 'probe.lock'), 'utf8'),
  );
  await writeFile(join(directory, 'counter.lock'), JSON.stringify({ ...JSON.parse(own), ...change }));
}

describe('the lock of the Node platform', () => {
  it('lets no increment of three processes get lost', async () => {
    const directory = await temporaryFolder();
    const times = 40;
    await Promise.all([1, 2, 3].map(() => runChild('counter', { directory, times })));
    expect(await nodePlatform({ directory }).storage.read(['count'])).toEqual({ count: String(3 * times) });
  });

  it('keeps others out while its owner lives, and lets them in once it was killed', async () => {
    const directory = await temporaryFolder();
    const holder = startChild('holder', { directory });
    await once(holder.stdout as NodeJS.ReadableStream, 'data');
    const { storage } = nodePlatform({ directory });
    let isIn = false;
    const mine = storage.lock('counter', async () => {
      isIn = true;
    });
    // Another name is another lock.
    await storage.lock('other', async () => undefined);
    const waiting = runChild('counter', { directory, times: 5 });
    await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 300))]);
    expect(isIn).toBe(false);
    expect(await storage.read(['count'])).toEqual({ count: undefined });
    await killNow(holder);
    await Promise.all([mine, waiting]);
    expect(isIn).toBe(true);
    expect(await storage.read(['count'])).toEqual({ count: '5' });
  });

  it('keeps two clients of one process apart', async () => {
    const directory = await temporaryFolder();
    const [one, two] = [nodePlatform({ directory }).storage, nodePlatform({ directory }).storage];
    const order: string[] = [];
    const task = (name: string) => async () => {
      order.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(`${name} out`);
    };
    await Promise.all([one.lock('x', task('one')), two.lock('x', task('two'))]);
    const [first, , second] = order.map((entry) => entry.split(' ')[0]);
    expect(order).toEqual([`${first} in`, `${first} out`, `${second} in`, `${second} out`]);
  });

  it('is not taken for its own by a process that got a dead one’s id, as in a restarted container', async () => {
    const directory = await temporaryFolder();
    await writeLock(directory, { started: 'once' });
    expect(await nodePlatform({ directory }).storage.lock('counter', async () => 'in')).toBe('in');
  });

  it('of another container is not broken because its owner cannot be asked', async () => {
    const directory = await temporaryFolder();
    // No such process here; there it lives.
    await writeLock(directory, { pid: 2 ** 30, place: 'pid:[1] elsewhere' });
    let isIn = false;
    const waiting = nodePlatform({ directory }).storage.lock('counter', async () => {
      isIn = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isIn).toBe(false);
    await rm(join(directory, 'counter.lock'));
    await waiting;
    expect(isIn).toBe(true);
  });

  it('is given back when its task throws', async () => {
    const { storage } = nodePlatform({ directory: await temporaryFolder() });
    await expect(storage.lock('x', () => Promise.reject(new Error('task')))).rejects.toThrow('task');
    expect(await storage.lock('x', async () => 'free')).toBe('free');
  });
});
