import { readdirSync, readFileSync } from 'node:fs';

import { catalogue } from '@dither/mechanisms/catalogue';
import * as rappor from '@dither/mechanisms/rappor';
import { describe, expect, it } from 'vitest';
import { keyedSource } from '../src/random/keyed-source.js';
import { fromHex, hex } from './support/ensure.js';
import { type BadVector, type KeyedVector, refusal, runVector, type Vector } from './support/vectors.js';

const FOLDER = new URL('../vectors/', import.meta.url);

function read<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as T[];
}

describe('test vectors', () => {
  it('exist for every mechanism, and for nothing else', () => {
    const expected = [...catalogue.keys()].flatMap((id) => [`${id}.bad.json`, `${id}.json`]);
    expect(readdirSync(FOLDER).sort()).toEqual([...expected, 'rappor.keyed.json'].sort());
  });

  for (const mechanism of catalogue.values()) {
    it(`of ${mechanism.id} come out again, each using exactly its words`, () => {
      const vectors = read<Vector>(`${mechanism.id}.json`);
      expect(vectors.length).toBeGreaterThanOrEqual(3);
      expect(vectors.map((vector) => runVector(mechanism, vector))).toEqual(vectors);
    });

    it(`of ${mechanism.id} that must be refused are, with their code`, () => {
      const vectors = read<BadVector>(`${mechanism.id}.bad.json`);
      expect(vectors.length).toBeGreaterThanOrEqual(3);
      expect(vectors.map((vector) => refusal(mechanism, vector))).toEqual(vectors.map(({ code }) => code));
    });
  }

  it('of a permanent response derived from a key come out again', () => {
    const vectors = read<KeyedVector>('rappor.keyed.json');
    expect(vectors.length).toBeGreaterThanOrEqual(3);
    for (const { options, key, message, value, draw, permanent } of vectors) {
      const params = rappor.params(options as unknown as Parameters<typeof rappor.params>[0]);
      const source = keyedSource(fromHex(key), fromHex(message));
      expect(hex(rappor.client.latch(params, value, draw, source))).toBe(permanent);
    }
  });

  it('notice a changed report, a changed word and a missing word', () => {
    const mechanism = catalogue.get('grr');
    const [vector] = read<Vector>('grr.json');
    if (mechanism === undefined || vector === undefined) throw new Error('no vector');
    const [first, ...rest] = vector.reports;
    if (first === undefined) throw new Error('no report');
    const changed = { ...vector, reports: [{ ...first, report: first.report === '00' ? '01' : '00' }, ...rest] };
    expect(runVector(mechanism, changed)).not.toEqual(changed);
    expect(() => runVector(mechanism, { ...vector, reports: [{ ...first, words: [] }] })).toThrow('source-exhausted');
    const longer = { ...first, words: [...first.words, 1] };
    expect(() => runVector(mechanism, { ...vector, reports: [longer] })).toThrow('not used');
  });
});
