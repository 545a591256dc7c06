import { fileURLToPath } from 'node:url';
import {
  encodeBoolean,
  encodeCategory,
  encodeCount,
  encodeNumber,
  encodeText,
  type Metric,
  type Registry,
} from '@dither/protocol';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { registry as browser } from './fixtures/browser.registry.js';
import { registry as mechanisms } from './fixtures/mechanisms.registry.js';

/** What an event may hold, of every type. */
const INPUTS: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  '',
  '1',
  'de',
  'Español',
  'x'.repeat(300),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0,
  0.4,
  1.5,
  75,
  1e9,
  12n,
  Symbol('s'),
  [],
  {},
];

function encoderOf({ kind, domain }: Metric): (input: unknown) => unknown {
  if (kind === 'boolean') return encodeBoolean;
  if (kind === 'category') return encodeCategory(domain.values ?? []);
  if (kind === 'count') return encodeCount(domain.clamp ?? 0);
  return kind === 'text' ? encodeText(domain.maxLength ?? 0) : encodeNumber(domain.edges ?? []);
}

async function bundled(names: string): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: {
      contents: `import { ${names} } from '@dither/protocol'; console.log(${names});`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    platform: 'neutral',
    format: 'esm',
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output?.inputs ?? {})
    .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && file !== '<stdin>')
    .map(([file]) => file.replace(/.*\/dist\//, ''))
    .sort();
}

describe('an encoder made from a domain', () => {
  it('is what the declared metric encodes with', () => {
    const metrics = [browser, mechanisms].flatMap(({ wire }: Pick<Registry, 'wire'>) => wire);
    expect(new Set(metrics.map(({ kind }) => kind)).size).toBe(6);
    for (const metric of metrics) {
      const encode = encoderOf(metric);
      for (const input of INPUTS) expect(encode(input)).toEqual(metric.encode(input));
    }
  });

  it('takes what is an event, and nothing else', () => {
    const kept = (encode: (input: unknown) => unknown) => INPUTS.map(encode).filter((value) => value !== undefined);
    expect(kept(encodeBoolean)).toEqual([1, 1]);
    expect(kept(encodeCategory(['en', 'de']))).toEqual([1]);
    expect(kept(encodeCount(50))).toEqual([1, 0, 0, 2, 50, 50]);
    expect(kept(encodeNumber([0, 1, 10, 100]))).toEqual([0, 0, 0, 1, 2, 2]);
    expect(kept(encodeText(3))).toEqual(['1', 'de', 'Esp', 'xxx']);
  });

  it('is all of the registry that an app bundles which imports it', async () => {
    expect(await bundled('encodeBoolean')).toEqual(['registry/encode.js']);
    expect(await bundled('encodeNumber')).toEqual(['encode/buckets.js', 'registry/encode.js']);
    expect(await bundled('drawMetrics')).toEqual(['random/uniform-int.js', 'registry/participation.js']);
  });
});
