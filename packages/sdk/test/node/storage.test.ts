import { once } from 'node:events';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodePlatform } from '@dither/sdk/node';
import { describe, expect, it } from 'vitest';
import { killNow, startChild, temporaryFolder } from '../support/children.js';

describe('the storage of the Node platform', () => {
  it('writes each text whole or not at all, and in order, however often it is killed', async () => {
    const directory = await temporaryFolder();
    const { storage } = nodePlatform({ directory });
    for (let i = 0; i < 8; i++) {
      const writer = startChild('writer', { directory });
      await once(writer.stdout as NodeJS.ReadableStream, 'data');
      await new Promise((resolve) => setTimeout(resolve, 7 * i));
      await killNow(writer);
      const texts = await storage.read(['first', 'second']);
      const pair = [texts.first, texts.second].map(
        (text) => JSON.parse(text as string) as { readonly n: number; readonly filler: string },
      );
      for (const { n, filler } of pair) expect(filler).toBe(String(n % 10).repeat(50_000));
      expect([0, 1]).toContain((pair[0]?.n ?? 0) - (pair[1]?.n ?? 0));
    }
  });

  it('removes a text together with what a killed write of it left', async () => {
    const directory = await temporaryFolder();
    const { storage } = nodePlatform({ directory });
    await storage.write([['open', 'true values']]);
    await writeFile(join(directory, 'open.json.new'), 'true val');
    await storage.write([['open', undefined]]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('reads undefined where nothing was ever written, and makes no folder for it', async () => {
    const directory = join(await temporaryFolder(), 'not', 'there');
    const { storage } = nodePlatform({ directory });
    expect(await storage.read(['a', 'b'])).toEqual({ a: undefined, b: undefined });
    expect(await storage.notes?.list()).toEqual([]);
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
  });
});

describe('notes of the Node platform', () => {
  it('come back whole and in the order they were written', async () => {
    const directory = await temporaryFolder();
    const { notes } = nodePlatform({ directory }).storage;
    const note = (grants: number) => JSON.stringify({ grants, records: {} });
    for (let i = 0; i < 20; i++) notes?.append(note(i));
    const list = (await notes?.list()) ?? [];
    expect(list.map(([, read]) => read)).toEqual(Array.from({ length: 20 }, (_, i) => note(i)));
    await notes?.remove(list.slice(0, 19).map(([name]) => name));
    expect((await notes?.list())?.map(([, read]) => read)).toEqual([note(19)]);
  });

  it('half written by a killed process are not read, and removed when that was a while ago', async () => {
    const directory = await temporaryFolder();
    const folder = join(directory, 'notes');
    await mkdir(folder);
    for (const name of ['old', 'young']) await writeFile(join(folder, `${name}.json.new`), '{"cra');
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(join(folder, 'old.json.new'), hourAgo, hourAgo);
    const { notes } = nodePlatform({ directory }).storage;
    expect(await notes?.list()).toEqual([]);
    expect(await readdir(folder)).toEqual(['young.json.new']);
  });
});
