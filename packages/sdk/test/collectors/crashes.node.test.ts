import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/children.js';

const path = fileURLToPath(new URL('children/crasher.mjs', import.meta.url));

async function crash(how: string, isWatched: boolean) {
  const directory = await temporaryFolder();
  const child = spawn(process.execPath, [path, JSON.stringify({ directory, how, isWatched })], { stdio: 'pipe' });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const [code] = await once(child, 'close');
  const notes = await readdir(join(directory, 'notes')).catch(() => []);
  const texts = await Promise.all(notes.map((note) => readFile(join(directory, 'notes', note), 'utf8')));
  return { code, errors, texts };
}

it.each(['throws', 'rejects', 'survives'])(
  'a process that %s ends as it would without, and has written it down',
  async (how) => {
    const plain = await crash(how, false);
    const { code, errors, texts } = await crash(how, true);
    expect({ code, errors }).toEqual({ code: plain.code, errors: plain.errors });
    expect(plain.texts).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('"TypeError openDocument@crasher');
    expect(texts[0]).not.toContain('secret');
  },
);
