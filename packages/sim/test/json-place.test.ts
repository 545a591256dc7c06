import { describe, expect, it } from 'vitest';
import { placeInJson } from '../src/json-place.js';

describe('a place in JSON', () => {
  const text = '{\n  "a": [1, {"b": "x\\"]"}],\n  "c": true\n}\n';

  it('is where the value at a path begins', () => {
    expect(placeInJson(text)).toEqual({ line: 1, column: 1 });
    expect(placeInJson(text, ['a'])).toEqual({ line: 2, column: 8 });
    expect(placeInJson(text, ['a', 1, 'b'])).toEqual({ line: 2, column: 18 });
    expect(placeInJson(text, ['c'])).toEqual({ line: 3, column: 8 });
  });

  it('is the last part that exists where the path leads nowhere', () => {
    expect(placeInJson(text, ['a', 1, 'z', 'y'])).toEqual({ line: 2, column: 12 });
    expect(placeInJson(text, ['z'])).toEqual({ line: 1, column: 1 });
  });

  it.each([
    ['', 1, 1],
    ['{"a":tru}', 1, 6],
    ['{"a":1,}', 1, 8],
    ['{"a":1\n "b":2}', 2, 2],
    ['[1, 2', 1, 6],
    ['[1] x', 1, 5],
    ['{"a":01}', 1, 6],
    ['["a\nb"]', 1, 2],
    ["{'a':1}", 1, 2],
  ])('is the first one that is not JSON in %j', (bad, line, column) => {
    expect(() => JSON.parse(bad)).toThrow(SyntaxError);
    expect(placeInJson(bad)).toEqual({ line, column });
  });

  it('is found in a text nested too deeply to follow', () => {
    expect(placeInJson('['.repeat(100_000))).toEqual({ line: 1, column: 102 });
  });
});
