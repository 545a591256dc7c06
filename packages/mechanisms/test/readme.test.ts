import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FrequencyMechanism, Mechanism, Params } from '@dither/mechanisms';
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

  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = new Map(
    text
      .split('\n')
      .filter((line) => /^\| `/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map((cells) => [cells[1]?.replaceAll('`', ''), cells] as const),
  );

  it('has a row for every mechanism', () => {
    expect([...rows.keys()]).toEqual([...catalogue.keys()]);
  });

  for (const mechanism of catalogue.values()) {
    it(`states what ${mechanism.id} costs and how well it knows, as the code has it`, () => {
      const [, , , bytes, ...figures] = rows.get(mechanism.id) ?? [];
      const known = figuresOf(mechanism);
      expect([bytes, ...figures.filter((figure) => /^[\d.]+$/.test(figure))]).toEqual(known);
    });
  }
});

/** Report bytes at three sizes, and the error at epsilon 1 and 4 where it is one number. */
function figuresOf(mechanism: Mechanism): string[] {
  switch (mechanism.answers) {
    case 'frequencies':
      return frequencyFigures(mechanism);
    case 'distribution':
      return [
        [17, 65, 1025].map((domainSize) => bytesOf(mechanism.client.params({ epsilon: 1, domainSize }))).join(', '),
      ];
    case 'texts': {
      const paramsAt = (bits: number, epsilon: number): Params => {
        const shape = { bits, hashes: 1, cohorts: 64 };
        if (!('latch' in mechanism.client)) return mechanism.client.params({ ...shape, epsilon });
        return mechanism.client.params({ ...shape, epsilonFirst: epsilon, epsilonInfinity: 2 * epsilon, reports: 4 });
      };
      const errors = [1, 4].map((epsilon) => rounded(mechanism.aggregator.rareError(paramsAt(128, epsilon), 1)));
      return [[32, 128, 1024].map((bits) => bytesOf(paramsAt(bits, 1))).join(', '), ...errors];
    }
  }
}

function frequencyFigures({ id, client, aggregator }: FrequencyMechanism): string[] {
  const sizes = id === 'rr' ? [2] : [2, 16, 1024];
  const domainSize = id === 'rr' || id === 'one-bit-mean' ? 2 : 16;
  const variances = [1, 4].map((epsilon) => {
    const shares = Array.from({ length: domainSize }, (_, value) => Number(value === domainSize - 1));
    return rounded(aggregator.variance(client.params({ epsilon, domainSize }), shares, 1)[0] as number);
  });
  return [sizes.map((size) => bytesOf(client.params({ epsilon: 1, domainSize: size }))).join(', '), ...variances];
}

function bytesOf({ reportBytes }: Params): number {
  return reportBytes;
}

function rounded(x: number): string {
  return String(Number(x.toPrecision(4)));
}

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
    const forced = (await import(/* @vite-ignore */ url)) as Omit<FrequencyMechanism, 'id' | 'answers'>;
    expect(failedChecks({ id: 'forced', answers: 'frequencies', ...forced })).toEqual([]);
  });
});
