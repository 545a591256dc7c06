import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutate } from './mutations/mutation.js';
import { mutations } from './mutations/mutations.js';

/** The hunt itself takes minutes: `mutations.torture.ts`. What it plants must still apply whenever the source changes. */
describe('the bugs that the hunt plants', () => {
  it('have each a name of its own', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });

  it.each(mutations)('apply to the source as it is: $name', (mutation) => {
    const source = readFileSync(new URL(`../src/${mutation.file}`, import.meta.url), 'utf8');
    expect(mutate(source, mutation)).not.toBe(source);
    expect(mutation.tests.filter((file) => !existsSync(new URL(file, import.meta.url)))).toEqual([]);
  });

  it('are refused where nothing, or more than one place, reads so', () => {
    const mutation = { name: '', file: 'x.ts', find: 'a', replace: 'b', tests: [] };
    expect(mutate('cab', mutation)).toBe('cbb');
    expect(() => mutate('cub', mutation)).toThrow('0 places');
    expect(() => mutate('aab', mutation)).toThrow('2 places');
    expect(() => mutate('cab', { ...mutation, replace: 'a' })).toThrow('nothing is replaced');
  });
});
