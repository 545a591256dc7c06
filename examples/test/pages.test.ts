import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { build, folderOf } from './run.js';

it.each(['browser', 'react'])(
  'the example of a page, %s, builds, and ships what its declaration resolves to',
  async (example) => {
    const { code, out, err } = await build(example);
    expect({ code, complaints: code === 0 ? '' : out + err }).toEqual({ code: 0, complaints: '' });
    const folder = join(folderOf(example), 'dist');
    const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    // What only a declaration needs: its words, and the arithmetic that resolves it.
    for (const text of texts) expect(text).not.toMatch(/Decide what to|expiry-invalid/);
    expect(await readFile(join(folderOf(example), 'index.html'), 'utf8')).toContain('src="dist/main.js"');
  },
);
