import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FrequencyMechanism } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { failedChecks } from './mechanism.contract.js';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** The code blocks of a language in a Markdown file. */
function blocks(file: string, language: string): string[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code ?? '');
}

describe('the README', () => {
  it('has an example that runs and prints an estimate', () => {
    const [example, ...others] = blocks('../README.md', 'js');
    expect(others).toEqual([]);
    const output = execFileSync(process.execPath, ['--input-type=module'], { cwd: PACKAGE, input: example ?? '' });
    expect(output.toString()).toMatch(/standardError: \d/);
  });

  it('names every mechanism, and no other', () => {
    const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const table = text.slice(text.indexOf('| asked |'), text.indexOf('Mechanisms whose'));
    const named = [...table.matchAll(/`([a-z-]+)`/g)].map(([, id]) => id);
    expect(named.sort()).toEqual([...catalogue.keys()].sort());
  });
});

describe('docs/adding-a-mechanism.md', () => {
  it('has an example that keeps the whole contract', async () => {
    const [example, ...others] = blocks('../../../docs/adding-a-mechanism.md', 'ts');
    expect(others).toEqual([]);
    const header = new URL('../../../scripts/lib/mechanism-header.mjs', import.meta.url).href;
    const { headerIn } = (await import(/* @vite-ignore */ header)) as {
      headerIn(source: string, path: string): object;
    };
    expect(headerIn(example ?? '', 'the example')).toHaveProperty('sections');
    const { outputFiles } = await build({
      stdin: {
        contents: example ?? '',
        loader: 'ts',
        resolveDir: `${PACKAGE}/src/mechanisms`,
        sourcefile: 'forced.ts',
      },
      bundle: true,
      write: false,
      format: 'esm',
    });
    const url = `data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`;
    const forced = (await import(/* @vite-ignore */ url)) as Omit<FrequencyMechanism, 'id' | 'answers'>;
    expect(failedChecks({ id: 'forced', answers: 'frequencies', ...forced })).toEqual([]);
  });
});
