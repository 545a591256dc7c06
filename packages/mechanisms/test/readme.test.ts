import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Mechanism } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { acceptedDomains } from './contract/case.js';
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

  it('states report bytes and variances as the code has them', () => {
    const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const rows = text.split('\n').filter((line) => /^\| `/.test(line));
    expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual([...catalogue.keys()].map((id) => `\`${id}\``));
    for (const { id, client, aggregator } of catalogue.values()) {
      const row =
        rows
          .find((line) => line.startsWith(`| \`${id}\``))
          ?.split('|')
          .map((cell) => cell.trim()) ?? [];
      const mechanism = catalogue.get(id) as Mechanism;
      const bytes = acceptedDomains(mechanism, [2, 16, 1024]).map(
        (domainSize) => client.params({ epsilon: 1, domainSize }).reportBytes,
      );
      expect([id, row[3]]).toEqual([id, bytes.join(', ')]);
      const domainSize = id === 'rr' || id === 'one-bit-mean' ? 2 : 16;
      const variances = [1, 4].map((epsilon) => {
        const shares = Array.from({ length: domainSize }, (_, value) => Number(value === domainSize - 1));
        const params = client.params({ epsilon, domainSize });
        return String(Number((aggregator.variance(params, shares, 1)[0] as number).toPrecision(4)));
      });
      expect([id, row[5], row[6]]).toEqual([id, ...variances]);
    }
  });
});

describe('docs/adding-a-mechanism.md', () => {
  it('has an example that keeps the whole contract', async () => {
    const [example, ...others] = blocks('../../../docs/adding-a-mechanism.md', 'ts');
    expect(others).toEqual([]);
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
    const forced = (await import(/* @vite-ignore */ url)) as Omit<Mechanism, 'id'>;
    expect(failedChecks({ id: 'forced', ...forced })).toEqual([]);
  });
});
