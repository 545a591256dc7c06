import { describe, expect, it } from 'vitest';
import { parseWish } from '../src/plan/parse-wish.js';
import { readWishes } from '../src/plan/registry/wishes-file.js';
import { rich } from './rich-registry.js';

class Refused extends Error {}

function parse(text: string) {
  return parseWish(text, (offset, expected) => {
    throw new Refused(`${offset}: ${expected}`);
  });
}

describe('a wish', () => {
  it('is to see a share, with any words before it', () => {
    expect(parse('see a feature used by 0.5%')).toMatchObject({ goal: { kind: 'see', share: 0.005 }, chance: 0.95 });
    expect(parse('see .5%')).toMatchObject({ goal: { kind: 'see', share: 0.005 } });
    expect(parse('See')).toMatchObject({ goal: { kind: 'see', share: undefined } });
  });

  it('is a quantity within a part of the truth, points, or an amount', () => {
    const within = (quantity: object, tolerance: object | undefined) => ({
      goal: { kind: 'within', quantity, tolerance },
    });
    expect(parse('p75 within 5%')).toMatchObject(
      within({ name: 'quantile', quantile: 0.75 }, { amount: 0.05, unit: 'part' }),
    );
    expect(parse('median within 100 ms')).toMatchObject(
      within({ name: 'quantile', quantile: 0.5 }, { amount: 100, unit: 'amount' }),
    );
    expect(parse('mean within 2')).toMatchObject(within({ name: 'mean' }, { amount: 2, unit: 'amount' }));
    expect(parse('crash rate within 0.1 points')).toMatchObject(
      within({ name: 'share', value: undefined }, { amount: 0.001, unit: 'points' }),
    );
    expect(parse('share of Fire fox within 1 point')).toMatchObject(
      within({ name: 'share', value: 'fire fox' }, { amount: 0.01, unit: 'points' }),
    );
    expect(parse('share of "within 5%, or so" within 10%')).toMatchObject(
      within({ name: 'share', value: 'within 5%, or so' }, { amount: 0.1, unit: 'part' }),
    );
    expect(parse('any share').goal).toEqual({
      kind: 'within',
      quantity: { name: 'share', value: undefined },
      tolerance: undefined,
    });
  });

  it('says how often it is to come true', () => {
    expect(parse('p99.9 within 5%, 9 times out of 10').chance).toBe(0.9);
    expect(parse('mean within 2, 99 times in 100').chance).toBe(0.99);
  });

  it.each([
    ['', '0: expected see, median'],
    ['p75 within', '10: expected a number'],
    ['p0 within 5%', '0: expected see, median'],
    ['mean within 0', '12: no estimate'],
    ['any share within 2', '18: expected points'],
    ['see a thing used by 0.5', '23: expected % after'],
    ['see 100%', '4: a share is above'],
    ['p75 within 5% 19 times', '14: expected the end, or a comma'],
    ['p75 within 5%, 19 of 20', '18: expected how often'],
    ['p75 within 5%, 20 times of 20', '15: how often is from'],
    ['share of "no end within 5%', '0: expected see, median'],
  ])('%j is refused where it goes wrong', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('a file of wishes', () => {
  const read = (wishes: unknown) => readWishes('wishes.json', JSON.stringify({ wishes }, null, 2), rich);

  it('has a metric, a wish and, where there is something to say, weight and share', () => {
    expect(
      read([
        { metric: 'load', wish: 'p75 within 5%', weight: 2 },
        { metric: 'used', wish: 'any share within 2 points', share: 0.1 },
      ]),
    ).toMatchObject([
      { metric: 'load', weight: 2, share: undefined },
      { metric: 'used', weight: 1, share: 0.1, wish: { chance: 0.95 } },
    ]);
  });

  it.each([
    [[], 'wishes.json:2:3: wishes-invalid: wishes is a list'],
    [[{ wish: 'p75' }], 'wishes-invalid: wishes.0.metric is the id'],
    [[{ metric: 'laod', wish: 'p75' }], 'wishes.json:4:7: metric-unknown: wishes.0.metric is one of crash, home, load'],
    [[{ metric: 'home', wish: 'see a page' }], 'wishes.json:4:7: metric-latched: wishes.0.metric is latched'],
    [[{ metric: 'load', wish: 'p75', weigth: 2 }], 'wishes.json:6:7: wishes-invalid: wishes.0.weigth is not known'],
    [[{ metric: 'load', wish: 'p75', weight: 0 }], 'wishes.json:6:7: wishes-invalid: wishes.0.weight is a number'],
    [[{ metric: 'load', wish: 'p75 withn 5%' }], 'wishes.json:5:16: wish-malformed: expected see, median'],
    [[{ metric: 'load', wish: 'p75 within 5% x' }], 'wishes.json:5:30: wish-malformed: expected the end'],
  ])('is refused with line and column: %j', (wishes, message) => {
    expect(() => read(wishes)).toThrow(message);
  });
});
