import { readdirSync, readFileSync } from 'node:fs';
import { catalogue } from '@dither/mechanisms/catalogue';
import { describe, expect, it } from 'vitest';
import { type BadVector, refusal, runVector, type Vector } from './support/vectors.js';

const FOLDER = new URL('../vectors/', import.meta.url);

function read<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as T[];
}

describe('test vectors', () => {
  it('exist for every mechanism, and for nothing else', () => {
    const expected = [...catalogue.keys()].flatMap((id) => [`${id}.bad.json`, `${id}.json`]);
    expect(readdirSync(FOLDER).sort()).toEqual(expected.sort());
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
