import { readFileSync } from 'node:fs';
import { type Json, policy, type Registry, registryToJson } from '@dither/protocol';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRegistry } from './arbitraries.js';
import { registryOf, theme } from './declare.js';
import { registry as browser } from './fixtures/browser.registry.js';
import { registry as mechanisms } from './fixtures/mechanisms.registry.js';

const schema = JSON.parse(readFileSync(new URL('../registry.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);
const accepts = (value: unknown): boolean => validate(JSON.parse(JSON.stringify(value)));

type Tree = { [key: string]: Json };

type Edit = (file: Tree, metrics: { [id: string]: Tree }) => void;

/** A copy of an exported registry, changed by hand. */
function changed(registry: Registry, edit: Edit): Tree {
  const file = JSON.parse(JSON.stringify(registryToJson(registry))) as Tree;
  edit(file, file['metrics'] as unknown as { [id: string]: Tree });
  return file;
}

const edited = (edit: Edit): Tree => changed(browser, edit);

describe('the JSON schema', () => {
  it('takes every registry that can be exported', () => {
    fc.assert(
      fc.property(anyRegistry, (registry) => {
        expect(accepts(registryToJson(registry)), JSON.stringify(validate.errors)).toBe(true);
      }),
      { numRuns: 200 },
    );
    for (const registry of [browser, mechanisms, registryOf({ theme }, { gpc: 'explicit-grant' })] as const) {
      expect(accepts(registryToJson(registry)), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it('holds the limits of the policy', () => {
    const { metric, grr } = schema.$defs;
    expect(schema.properties.metrics.maxProperties).toBe(policy.maxMetrics);
    expect(metric.properties.description.maxLength).toBe(policy.maxTextLength);
    expect(metric.properties.period.enum).toEqual(policy.periods);
    expect(metric.properties.epsilon.maximum).toBe(policy.maxEpsilon);
    expect(metric.if.properties.epsilon.exclusiveMinimum).toBe(policy.epsilonNeedingReason);
    expect(grr.properties.domainSize.maximum).toBe(policy.maxCategories + 1);
    expect(schema.$defs.oue.properties.reportBytes.maximum).toBe(policy.maxBatchBytes / 2);
  });

  const malformed: { readonly [why: string]: Tree } = {
    'another version': edited((file) => Object.assign(file, { version: 2 })),
    'a field too many': edited((file) => Object.assign(file, { comment: 'hello' })),
    'no budget': edited((file) => delete file['budget']),
    'a budget that is a text': edited((file) => Object.assign(file['budget'] as Tree, { perWindow: '8' })),
    'a window of a month': edited((file) => Object.assign(file['budget'] as Tree, { windowDays: 30 })),
    'another participation': edited((file) => Object.assign(file, { participation: 'some' })),
    'another word on Global Privacy Control': edited((file) => Object.assign(file, { gpc: 'ignore' })),
    'no metric': edited((file) => Object.assign(file, { metrics: {} })),
    'an id in capitals': edited((_, metrics) => Object.assign(metrics, { Theme: metrics['theme'] })),
    'a metric without an owner': edited((_, metrics) => delete metrics['theme']?.['owner']),
    'a description of spaces': edited((_, { theme }) => Object.assign(theme ?? {}, { description: '  ' })),
    'a period of two weeks': edited((_, { theme }) => Object.assign(theme ?? {}, { period: 14 })),
    'an aggregate of another kind': edited((_, { theme }) => Object.assign(theme ?? {}, { aggregate: 'sum' })),
    'a domain of another kind': edited((_, { theme }) => Object.assign(theme ?? {}, { domain: { clamp: 3 } })),
    'a value given twice': edited((_, { theme }) => Object.assign(theme ?? {}, { domain: { values: ['a', 'a'] } })),
    'the value none': edited((_, { theme }) => Object.assign(theme ?? {}, { domain: { values: ['none'] } })),
    'a mechanism of another kind': edited((_, { theme, crashed }) =>
      Object.assign(theme ?? {}, { mechanism: crashed?.['mechanism'] }),
    ),
    'a threshold of 33 bits': edited((_, { crashed }) => {
      const { truth } = (crashed?.['mechanism'] ?? {}) as { truth: Tree };
      Object.assign(truth, { high: 2 ** 32 });
    }),
    'an epsilon above 10': edited((_, { theme }) => Object.assign(theme ?? {}, { epsilon: 10.5, reason: 'so' })),
    'an epsilon above 4 without a reason': edited((_, { theme }) => Object.assign(theme ?? {}, { epsilon: 4.5 })),
    'a metric without epsilon': edited((_, metrics) => delete metrics['theme']?.['epsilon']),
    'a metric without a mechanism': edited((_, { homepage }) => Object.assign(homepage ?? {}, { mechanism: null })),
    'two stages without a latch': edited((_, { homepage }) => delete homepage?.['latch']),
    'a latch of one stage': edited((_, { theme, homepage }) =>
      Object.assign(theme ?? {}, { latch: homepage?.['latch'] }),
    ),
    'a latched list without a latch': changed(mechanisms, (_, metrics) => delete metrics['l-grr']?.['latch']),
    'hash functions without cells': changed(
      mechanisms,
      (_, metrics) => delete (metrics['local-hashing']?.['mechanism'] as Tree | undefined)?.['cells'],
    ),
    'a fingerprint in capitals': edited((file) => Object.assign(file, { fingerprint: 'ABCDEF0123456789' })),
  };
  for (const [why, file] of Object.entries(malformed)) {
    it(`refuses ${why}`, () => expect(accepts(file)).toBe(false));
  }
});
