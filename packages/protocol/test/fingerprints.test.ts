import { createHash } from 'node:crypto';
import { catalogue } from '@dither/mechanisms/catalogue';
import * as grr from '@dither/mechanisms/grr';
import {
  canonicalJson,
  category,
  type Declared,
  fingerprintOf,
  type Json,
  paramsToJson,
  type Registry,
  registryFromJson,
  registryToJson,
  registryToText,
} from '@dither/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRegistry } from './arbitraries.js';
import { about, registryOf, theme } from './declare.js';

const json = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<Json>;

describe('canonical JSON', () => {
  it('sorts keys by code unit, at every depth, and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [{ z: 1, a: null }], a: undefined, B: 'ä"\n\u2028' })).toBe(
      '{"B":"ä\\"\\n\u2028","b":[{"a":null,"z":1}]}',
    );
  });

  it('prints numbers as ECMAScript does', () => {
    expect(canonicalJson([0.1, 1e21, 1e-7, -0, 100])).toBe('[0.1,1e+21,1e-7,0,100]');
  });

  it('is JSON of the same value, and one text for it', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});

describe('a fingerprint', () => {
  it('is the first 8 bytes of SHA-256 of the canonical JSON, checked against another SHA-256', () => {
    fc.assert(
      fc.property(json, (value) => {
        const hash = createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');
        expect(fingerprintOf(value)).toBe(hash.slice(0, 16));
      }),
    );
  });

  const of = (metric: Declared, id = 'theme', app = 'org.example.test') =>
    registryOf({ [id]: metric }, { app }).metrics[id]?.fingerprint;
  const like = (options: Parameters<typeof category<string>>[0]) => category(options) as Declared;
  const base = { ...about, values: ['light', 'dark'], mechanism: grr.client } as const;
  const first = of(like(base));

  it('changes with everything that changes the channel or the meaning', () => {
    const others = [
      of(like(base), 'colour'),
      of(like(base), 'theme', 'org.example.other'),
      of(like({ ...base, period: 7 })),
      of(like({ ...base, epsilon: 0.5 })),
      of(like({ ...base, aggregate: 'random' })),
      of(like({ ...base, values: ['dark', 'light'] })),
      of(like({ ...base, values: ['light', 'dark', 'auto'] })),
      of(theme as Declared),
    ];
    expect(new Set([first, ...others]).size).toBe(others.length + 1);
  });

  it('does not change with wording, expiry or the rest of the registry', () => {
    const reworded = like({
      ...base,
      description: 'Other words.',
      purpose: 'Other words.',
      owner: 'others',
      expires: '2031-12-31',
      reason: 'none is needed',
    });
    expect(of(reworded)).toBe(first);
    const beside = registryOf(
      { theme: category(base), another: theme },
      {
        budget: { perWindow: 4, windowDays: 56, lifetime: 8 },
        expectedClients: 7,
        participation: 'sampled',
        gpc: 'explicit-grant',
      },
    );
    expect(beside.metrics.theme.fingerprint).toBe(first);
  });

  it('of a registry names the layout of its batches alone', () => {
    const plain = registryOf({ theme });
    const granted = registryOf({ theme }, { gpc: 'explicit-grant', expectedClients: 7 });
    expect(granted.fingerprint).toBe(plain.fingerprint);
    expect(registryOf({ theme, other: theme }).fingerprint).not.toBe(plain.fingerprint);
  });
});

describe('a registry as JSON', () => {
  it('reads back as the same registry', () => {
    fc.assert(
      fc.property(anyRegistry, (registry) => {
        const read = registryFromJson(JSON.parse(JSON.stringify(registryToJson(registry))), catalogue);
        expect(registryToText(read)).toBe(registryToText(registry));
        expect(read.fingerprint).toBe(registry.fingerprint);
        expect(read.bound).toEqual(registry.bound);
        const said = ({ wire }: Registry) => wire.map(({ id, params }) => [id, paramsToJson(params)]);
        expect(said(read)).toEqual(said(registry));
      }),
      { numRuns: 200 },
    );
  });

  it('reads back values that mean the same', () => {
    fc.assert(
      fc.property(anyRegistry, fc.double({ noNaN: true }), (registry, input) => {
        const read = registryFromJson(JSON.parse(registryToText(registry)), catalogue);
        for (const [id, metric] of Object.entries(registry.metrics)) {
          const inputs = [...(metric.domain.values ?? []), input, true, undefined];
          expect(inputs.map((x) => read.metrics[id]?.encode(x))).toEqual(inputs.map((x) => metric.encode(x)));
        }
      }),
    );
  });

  it('has one line for each metric, which says the same whatever the order of declaration', () => {
    const forwards = registryToText(registryOf({ a: theme, b: theme }));
    const backwards = registryToText(registryOf({ b: theme, a: theme }));
    expect(forwards).toBe(backwards);
    expect(forwards.split('\n').filter((line) => line.includes('"kind"'))).toHaveLength(2);
  });

  it('says that the app asks for an explicit grant, and nothing where it does not', () => {
    const granted = registryOf({ theme }, { gpc: 'explicit-grant' });
    expect(registryToText(granted)).toContain('"gpc": "explicit-grant",\n');
    expect(registryFromJson(JSON.parse(registryToText(granted)), catalogue).gpc).toBe('explicit-grant');
    const plain = registryOf({ theme });
    expect(registryToText(plain)).not.toContain('gpc');
    expect(Object.keys(registryFromJson(JSON.parse(registryToText(plain)), catalogue))).not.toContain('gpc');
  });

  it('is refused when any figure in it is not what the declaration resolves to', () => {
    const leaves = (value: Json, path: readonly string[] = []): (readonly string[])[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, item]) => leaves(item as Json, [...path, key]))
        : [path];
    const original = registryToJson(
      registryOf({ theme, clamped: category({ ...about, values: ['x'], mechanism: grr.client }) }),
    );
    // What a developer may say anew without changing a series or a bound; it stands by itself.
    const free = /description|purpose|owner|expires|reason|expectedClients|participation|lifetime/;
    const paths = leaves(original).filter((path) => !free.test(path.join('.')));
    expect(paths.length).toBeGreaterThan(30);
    for (const path of paths) {
      const edited = structuredClone(original) as { [key: string]: Json };
      const parent = path.slice(0, -1).reduce((at, key) => at[key] as { [key: string]: Json }, edited);
      const key = path.at(-1) as string;
      const was = parent[key];
      parent[key] = typeof was === 'number' ? was + 1 : `${was}x`;
      const isBudget = path[0] === 'budget';
      const read = () => registryFromJson(edited, catalogue);
      if (isBudget && key === 'perWindow') expect(read().budget.perWindow).toBe(9);
      else expect(read, path.join('.')).toThrow();
    }
  });
});
