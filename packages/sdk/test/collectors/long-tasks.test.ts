import { collectLongTasks } from '@dither/sdk/collectors/long-tasks';
import { expect, it } from 'vitest';
import { observers } from './observers.js';
import { collected } from './registry.js';
import { watched } from './watched.js';

it('records how many tasks were long, and how long each was', async () => {
  const { client, news, drops } = await watched(collected);
  const { PerformanceObserver, running } = observers(['longtask', 'paint']);
  collectLongTasks(client, { count: 'crashes', duration: 'blocked' }, { scope: { PerformanceObserver } });
  expect(running.map(({ options }) => options)).toEqual([{ type: 'longtask', buffered: true }]);
  running[0]?.see([{ duration: 51 }, { duration: 240.5 }]);
  running[0]?.see([]);
  running[0]?.see([{ duration: 70 }]);
  expect(news()).toEqual([
    ['crashes', 2],
    ['blocked', 51],
    ['blocked', 240.5],
    ['crashes', 1],
    ['blocked', 70],
  ]);
  expect(await drops()).toEqual({});
});

it('records what is mapped and nothing else', async () => {
  const { client, news } = await watched(collected);
  const { PerformanceObserver, running } = observers(['longtask']);
  collectLongTasks(client, { duration: 'blocked' }, { scope: { PerformanceObserver } });
  running[0]?.see([{ duration: 51 }]);
  expect(news()).toEqual([['blocked', 51]]);
});

it('observes no more once it is stopped', async () => {
  const { client } = await watched(collected);
  const { PerformanceObserver, running } = observers(['longtask']);
  const stop = collectLongTasks(client, { count: 'crashes' }, { scope: { PerformanceObserver } });
  expect(running.map(({ isRunning }) => isRunning)).toEqual([true]);
  stop();
  expect(running.map(({ isRunning }) => isRunning)).toEqual([false]);
});

it('does nothing where long tasks are not told', async () => {
  const { client } = await watched(collected);
  const { PerformanceObserver, running } = observers(['paint']);
  collectLongTasks(client, { count: 'crashes' }, { scope: { PerformanceObserver } })();
  collectLongTasks(client, { count: 'crashes' }, { scope: {} })();
  // Node has an observer, and no long tasks.
  collectLongTasks(client, { count: 'crashes' })();
  expect(running).toEqual([]);
});

it('does not throw where observing does', async () => {
  const { client } = await watched(collected);
  const { PerformanceObserver } = observers(['longtask'], () => {
    throw new Error('refused');
  });
  expect(() => collectLongTasks(client, { count: 'crashes' }, { scope: { PerformanceObserver } })()).not.toThrow();
});
