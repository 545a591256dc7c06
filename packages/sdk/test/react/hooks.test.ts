import { createHooks, DitherProvider, type Hooks, useDither } from '@dither/sdk/react';
import { type ButtonHTMLAttributes, createElement, type ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { collected } from '../collectors/registry.js';
import { watched } from '../collectors/watched.js';
import { drawn } from './drawn.js';

type App = NonNullable<(typeof collected)['declarations']>;

interface ProbeProps {
  readonly useIt: () => unknown;
  readonly results: unknown[];
}

function Probe({ useIt, results }: ProbeProps): ReactNode {
  results.push(useIt());
  return null;
}

function All({ useConsent, useRecord, useTiming }: Hooks<App>): ReactNode {
  useRecord('searches');
  useTiming('load');
  return useConsent().status;
}

/** Draws a component that calls a hook, twice; what it returned each time. */
async function called<T>(useIt: () => T, around: (node: ReactNode) => ReactNode = (node) => node): Promise<T[]> {
  const results: T[] = [];
  const page = () => around(createElement(Probe, { useIt, results }));
  const { draw } = await drawn(page());
  await draw(page());
  expect(results).toHaveLength(2);
  return results;
}

it('useRecord records, by the same function at each render', async () => {
  const { client, news, drops } = await watched(collected);
  const { useRecord } = createHooks(client);
  const [first, second] = await called(() => useRecord('searches'));
  expect(second).toBe(first);
  first?.();
  first?.(3);
  const [language] = await called(() => useRecord('language'));
  language?.('de');
  expect(news()).toEqual([['searches'], ['searches', 3], ['language', 'de']]);
  expect(await drops()).toEqual({});
});

it('drawing records nothing, neither on a server nor in a page', async () => {
  const { client, calls } = await watched(collected);
  const hooks = createHooks(client);
  expect(renderToString(createElement(All, hooks))).toBe('unknown');
  expect((await drawn(createElement(All, hooks))).text()).toBe('granted');
  expect(calls).toEqual([]);
});

it('useTiming hands out a stopwatch, the same at each render', async () => {
  const { client } = await watched(collected);
  const timed: string[] = [];
  const watching: typeof client = {
    ...client,
    time(id) {
      timed.push(`${id} begins`);
      return () => timed.push(`${id} ends`);
    },
  };
  const { useTiming } = createHooks(watching);
  const [first, second] = await called(() => useTiming('load'));
  expect(second).toBe(first);
  expect(timed).toEqual([]);
  const end = first?.();
  expect(timed).toEqual(['load begins']);
  end?.();
  expect(timed).toEqual(['load begins', 'load ends']);
});

it('the nearest provider comes before the client of the hooks', async () => {
  const mine = await watched(collected);
  const other = await watched(collected);
  const { useDither: useMine, useRecord } = createHooks(mine.client);
  const around = (node: ReactNode) => createElement(DitherProvider, { client: other.client }, node);
  const [record] = await called(() => useRecord('searches'), around);
  record?.();
  expect(mine.news()).toEqual([]);
  expect(other.news()).toEqual([['searches']]);
  expect(await called(useMine, around)).toEqual([other.client, other.client]);
  expect(await called(useMine)).toEqual([mine.client, mine.client]);
});

it('without a client hooks do nothing, as in the test of a single component', async () => {
  const { useRecord, useTiming } = createHooks<App>();
  const [record] = await called(() => useRecord('searches'));
  const [time] = await called(() => useTiming('load'));
  expect(() => record?.()).not.toThrow();
  expect(() => time?.()()).not.toThrow();
  expect(await called(useDither)).toEqual([undefined, undefined]);
});

/** Compiled, and never drawn. */
function Misuse({ useRecord, useTiming }: Hooks<App>): ReactNode {
  useRecord('crash')();
  useRecord('os')('linux');
  useTiming('load')()();
  // @ts-expect-error no such metric
  useRecord('search');
  // @ts-expect-error a category needs its value
  useRecord('os')();
  // @ts-expect-error not in the list
  useRecord('os')('beos');
  // @ts-expect-error only timings have a stopwatch
  useTiming('searches');
  // @ts-expect-error a handler is given an event, which is no number
  const props: ButtonHTMLAttributes<unknown> = { onClick: useRecord('searches') };
  return Object.keys(props);
}

it('a wrong metric or value is a compile error', () => {
  expect(Misuse).toBeTypeOf('function');
});
