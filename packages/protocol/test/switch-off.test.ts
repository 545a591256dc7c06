import { MAX_SWITCH_OFF_LENGTH, parseSwitchOff, switchOffPath, writeSwitchOff } from '@dither/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const APP = 'org.example.editor';
const TEXT = '{"app":"org.example.editor","off":["crash","homepage"],"until":20789}';

const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,63}$/);
const off = fc.array(id, { maxLength: 50 });
const until = fc.integer({ min: 0, max: 65_535 });

describe('a switch-off document', () => {
  it('is written as its canonical text, whatever the order and number of the ids', () => {
    expect(writeSwitchOff(APP, { off: ['homepage', 'crash', 'homepage'], until: 20_789 })).toBe(TEXT);
    fc.assert(
      fc.property(off, until, (ids, day) => {
        const text = writeSwitchOff(APP, { off: ids, until: day });
        expect(writeSwitchOff(APP, { off: [...ids, ...ids].reverse(), until: day })).toBe(text);
        expect(parseSwitchOff(text, APP)).toEqual({ off: [...new Set(ids)].sort(), until: day });
      }),
    );
  });

  it('leaves the list it was given as it is', () => {
    const ids = Object.freeze(['b', 'a']);
    writeSwitchOff(APP, { off: ids, until: 1 });
    expect(ids).toEqual(['b', 'a']);
  });

  it('holds nothing but the ids and the day, whatever else its text has', () => {
    expect(parseSwitchOff(TEXT, APP)).toEqual({ off: ['crash', 'homepage'], until: 20_789 });
    expect(parseSwitchOff(`\n${TEXT.replace('{', '{"note":1,')} `, APP)).toEqual(parseSwitchOff(TEXT, APP));
    expect(parseSwitchOff(`{"until":1,"off":[],"app":"${APP}"}`, APP)).toEqual({ off: [], until: 1 });
  });

  it.each([
    ['no text', undefined],
    ['an empty text', ''],
    ['no JSON', '<html>Log in to the network</html>'],
    ['null', 'null'],
    ['a number', '20789'],
    ['a list', '[]'],
    ['the document of another app', TEXT.replace('editor', 'editor2')],
    ['no app', TEXT.replace('"app"', '"apps"')],
    ['no list', TEXT.replace('"off"', '"on"')],
    ['a list that is a text', TEXT.replace('["crash","homepage"]', '"crash"')],
    ['a list that is an object', TEXT.replace('["crash","homepage"]', '{"length":1,"0":"crash"}')],
    ['an id that is no text', TEXT.replace('"crash"', '7')],
    ['no day', TEXT.replace('"until"', '"since"')],
    ['a day that is a text', TEXT.replace('20789', '"20789"')],
    ['a day that is none', TEXT.replace('20789', '20789.5')],
    ['a day beyond all numbers', TEXT.replace('20789', '1e999')],
  ])('is not read from %s', (_name, text) => {
    expect(parseSwitchOff(text, APP)).toBeUndefined();
  });

  it('is not read from a text longer than 16 KiB', () => {
    expect(MAX_SWITCH_OFF_LENGTH).toBe(16 * 1024);
    expect(parseSwitchOff(TEXT.padEnd(MAX_SWITCH_OFF_LENGTH), APP)).toEqual({
      off: ['crash', 'homepage'],
      until: 20_789,
    });
    expect(parseSwitchOff(TEXT.padEnd(MAX_SWITCH_OFF_LENGTH + 1), APP)).toBeUndefined();
  });

  it('is never a reason to throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseSwitchOff(text, APP)).toBeUndefined();
      }),
    );
  });

  it('lies under a path that names the app alone', () => {
    expect(switchOffPath(APP)).toBe('/v1/switch-off/org.example.editor');
  });
});
