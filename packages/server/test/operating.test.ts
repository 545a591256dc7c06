import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registryToText } from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands.js';
import { flagOf } from '../src/config.js';
import { registry, temporaryFolder } from './fixture.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGES = ['docs/operating.md', 'packages/server/README.md'];

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** What follows the program's name: in blocks of shell, or between backticks. */
function commandLines(page: string): readonly string[][] {
  const lines = read(page).matchAll(/(?:^|`|exec dither )dither-server ([^\n`|>&]+)/gm);
  return [...lines].map(([, words = '']) => words.trim().split(/\s+/));
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

describe('operating.md', () => {
  it.each(PAGES)('%s names commands that there are, with flags that they take', async (page) => {
    const lines = commandLines(page).filter(([first]) => first !== 'COMMAND' && first !== '--help');
    expect(lines.length).toBeGreaterThan(0);
    for (const words of lines) {
      const line = words.join(' ');
      const name = [2, 1].map((n) => words.slice(0, n).join(' ')).find((each) => Object.hasOwn(commands, each));
      expect(line).toMatch(name ?? /^--/);
      const { options, settings } = await (commands[name ?? 'serve'] as (typeof commands)[string])();
      const known = ['--config', ...Object.keys(options).map(flagOf), ...settings.map(flagOf)];
      expect(known, line).toEqual(expect.arrayContaining(words.filter((word) => word.startsWith('--'))));
    }
  });

  it('begins with what works as it stands', async () => {
    const [, block = ''] =
      /<!-- run by [^\n]*operating\.test\.ts -->\n```sh\n([^`]+)```/.exec(read(PAGES[0] ?? '')) ?? [];
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'registry.json'), registryToText(registry));
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    symlinkSync(join(ROOT, 'packages/server/bin/dither-server.js'), join(bin, 'dither-server'));
    const port = String(await freePort());
    const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve) => {
      const env = { ...process.env, PATH: [bin, process.env['PATH']].join(delimiter), DITHER_PORT: port };
      const child = execFile(
        'sh',
        ['-e', '-c', block.replaceAll('8787', port)],
        { cwd: folder, env },
        (_error, output) => {
          resolve({ code: child.exitCode, output });
        },
      );
    });
    expect(code).toBe(0);
    expect(output).toContain(`http://127.0.0.1:${port}, process `);
    expect(output).toContain('backup.db: OK');
  });
});
