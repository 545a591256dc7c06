import { describe, expect, it } from 'vitest';
import { install, MORNING, SECOND } from '../support/installation.js';
import { look } from '../support/look.js';
import { everyAggregate } from '../support/registry.js';

const thrower = new Proxy(
  {},
  {
    get() {
      throw new Error('read me not');
    },
    getPrototypeOf() {
      throw new Error('nor my kind');
    },
  },
);

const notNumbers: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '12',
  null,
  {},
  [],
  12n,
  Symbol('x'),
  () => 3,
  thrower,
  { valueOf: () => 3 },
  new Date(0),
];

const bad: Readonly<Record<string, readonly unknown[]>> = {
  crash: [false, 0, 1, 'yes', null, Number.NaN, {}, thrower, Symbol('x')],
  clicks: [...notNumbers, -1, Number.NEGATIVE_INFINITY],
  theme: [
    'Dark',
    '',
    'none',
    '__proto__',
    'constructor',
    0,
    undefined,
    null,
    ['dark'],
    { toString: () => 'dark' },
    thrower,
  ],
  'first-paint': [...notNumbers, undefined],
  memory: [...notNumbers, undefined],
};

describe('a value that is not one of the metric', () => {
  it.each(Object.entries(bad))('is counted and never thrown, for %s', async (id, values) => {
    const installation = install(everyAggregate, { seed: 'invalid' });
    const { client, time } = await installation.start(MORNING);
    await client.consent.grant();
    const record = client.record as (id: string, value: unknown) => void;
    for (const value of values) expect(record(id, value)).toBeUndefined();
    await time.advance(SECOND);
    const { open, drops } = await look(client);
    expect(drops).toEqual({ 'invalid-value': values.length });
    expect(open.every(({ value }) => value === 'nothing yet')).toBe(true);
  });

  it('is told from a metric that nobody declared', async () => {
    const { client } = await install(everyAggregate, { seed: 'unknown' }).start(MORNING);
    await client.consent.grant();
    const record = client.record as (id: unknown, value?: unknown) => void;
    for (const id of ['nope', '', 'toString', '__proto__', undefined, 7]) record(id, true);
    expect((await look(client)).drops).toEqual({ 'unknown-metric': 6 });
    record(thrower, true);
    expect((await look(client)).drops).toEqual({ 'unknown-metric': 7 });
  });

  it('goes to the nearest bucket, or the clamp, if it is merely out of range', async () => {
    const installation = install(everyAggregate, { seed: 'range' });
    const { client, time } = await installation.start(MORNING);
    await client.consent.grant();
    client.record('slowest', 1e300);
    client.record('first-paint', -5);
    client.record('clicks', 1e12);
    await time.advance(SECOND);
    const { open, drops } = await look(client);
    const values = Object.fromEntries(open.map(({ metric, value }) => [metric, value]));
    expect(values).toMatchObject({ slowest: '5623 or more', 'first-paint': 'below 1.778', clicks: '50' });
    expect(drops).toEqual({});
  });
});
