import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { batchFromJson, policy, problems, type RejectReason } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { describe, expect, it } from 'vitest';
import { tableOf } from './arbitraries.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const protocol = read('../../../docs/protocol.md');

/** Cells of every table row that begins with a name in code. */
const rows = [...protocol.matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)].map(([, name = '', rest = '']) => [
  name,
  ...rest.split(' | '),
]);

describe('docs/protocol.md', () => {
  it('lists every code for a batch, with its status and whether a retry helps', () => {
    for (const [code, { status, retry }] of Object.entries(problems)) {
      expect(rows).toContainEqual([code, String(status), retry ? 'yes' : 'no']);
    }
  });

  it('lists every reason to reject a report', () => {
    const reasons: { readonly [reason in RejectReason]: true } = {
      'window-out-of-range': true,
      'report-malformed': true,
      'second-report': true,
    };
    const named = rows.map(([name]) => name);
    for (const reason of Object.keys(reasons)) expect(named).toContain(reason);
  });

  it('states the limits as they are', () => {
    const limits = Object.entries(policy).filter(([, value]) => typeof value === 'number');
    expect(limits.length).toBeGreaterThan(8);
    for (const [name, value] of limits) expect(rows).toContainEqual([name, String(value)]);
    expect(protocol).toContain('A whole batch is at most 14,336 bytes');
    expect(policy.maxBatchBytes).toBe(14_336);
  });

  it('gives an example of the JSON form that is one', () => {
    const [, example = ''] = /```json\n(\{\n {2}"version"[\s\S]*?)```/.exec(protocol) ?? [];
    const json = JSON.parse(example);
    const table = { ...tableOf([1, 1, 1, 2]), fingerprint: json.registry };
    expect(batchFromJson(json, table)).toHaveLength(27 + 3 + 3);
  });
});

describe('the README', () => {
  it('declares a registry that loads', async () => {
    const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(read('../README.md')) ?? [];
    const folder = mkdtempSync(join(fileURLToPath(new URL('.', import.meta.url)), '.tmp-'));
    try {
      writeFileSync(join(folder, 'registry.ts'), snippet);
      expect((await loadRegistry(join(folder, 'registry.ts'))).wire.length).toBeGreaterThan(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
