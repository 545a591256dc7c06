import type { Storage } from '@dither/sdk';
import { expect, it } from 'vitest';

/** What every storage keeps: `open` gives one, and again one over the same texts, as after a restart. */
export function storageContract(open: () => Promise<() => Storage>): void {
  it('reads one text for each key asked for, undefined where there is none', async () => {
    const storage = (await open())();
    expect(await storage.read(['ledger', 'open'])).toEqual({ ledger: undefined, open: undefined });
    await storage.write([['ledger', 'spent']]);
    expect(await storage.read(['ledger', 'open'])).toEqual({ ledger: 'spent', open: undefined });
    expect(await storage.read([])).toEqual({});
  });

  it('writes over, and removes', async () => {
    const storage = (await open())();
    await storage.write([
      ['open', 'true values'],
      ['queue', 'random ones'],
    ]);
    await storage.write([
      ['open', undefined],
      ['queue', 'others'],
      ['latch', undefined],
    ]);
    expect(await storage.read(['open', 'queue', 'latch'])).toEqual({
      open: undefined,
      queue: 'others',
      latch: undefined,
    });
    await storage.write([]);
  });

  it('has what was written after a restart, whatever it was', async () => {
    const reopen = await open();
    const texts = { consent: '', ledger: '世界 "\\u0000"\n', open: 'x'.repeat(300_000), off: '   ' };
    await reopen().write(Object.entries(texts));
    expect(await reopen().read(['consent', 'ledger', 'open', 'off'])).toEqual(texts);
    await reopen().write([['open', undefined]]);
    expect(await reopen().read(['open'])).toEqual({ open: undefined });
  });

  it('runs tasks under one name one after the other, whatever comes of them, and others meanwhile', async () => {
    const storage = (await open())();
    const done: string[] = [];
    const task = (name: string, steps: number) => async () => {
      done.push(`${name} begins`);
      for (let i = 0; i < steps; i++) await storage.read(['ledger']);
      done.push(`${name} ends`);
      if (name === 'first') throw new Error('of the task');
      return name;
    };
    const first = storage.lock('state', task('first', 3));
    const second = storage.lock('state', task('second', 0));
    const nested = storage.lock('upload', () => storage.lock('other', async () => 'nested'));
    await expect(first).rejects.toThrow('of the task');
    expect(await second).toBe('second');
    expect(await nested).toBe('nested');
    // A lock excludes; whoever polls for one may come before who asked first.
    const [one, two] = [
      ['first begins', 'first ends'],
      ['second begins', 'second ends'],
    ] as const;
    expect([
      [...one, ...two],
      [...two, ...one],
    ]).toContainEqual(done);
  });
}
