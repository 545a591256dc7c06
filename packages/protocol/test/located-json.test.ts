import { MalformedJsonError, parseLocatedJson } from '@dither/protocol/node';
import { describe, expect, it } from 'vitest';

describe('the position of a value in a JSON text', () => {
  const text = '{\n  "a": [1, {"b": "x\\"]"}],\n  "c": true\n}\n';

  const { value, positionOf } = parseLocatedJson(text);

  it('comes with the value', () => {
    expect(value).toEqual(JSON.parse(text));
  });

  it('is where the key of the value at a path begins, or the item of a list', () => {
    expect(positionOf([])).toEqual({ line: 1, column: 1 });
    expect(positionOf(['a'])).toEqual({ line: 2, column: 3 });
    expect(positionOf(['a', 1])).toEqual({ line: 2, column: 12 });
    expect(positionOf(['a', 1, 'b'])).toEqual({ line: 2, column: 13 });
    expect(positionOf(['c'])).toEqual({ line: 3, column: 3 });
  });

  it('is the last part that exists where the path leads nowhere', () => {
    expect(positionOf(['a', 1, 'z', 'y'])).toEqual({ line: 2, column: 12 });
    expect(positionOf(['z'])).toEqual({ line: 1, column: 1 });
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
    ['{"a":1,\n"a":2}', 2, 1],
  ])('is the first one that is not JSON in %j', (bad, line, column) => {
    try {
      parseLocatedJson(bad);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedJsonError);
      expect((error as MalformedJsonError).position).toEqual({ line, column });
    }
  });
});
