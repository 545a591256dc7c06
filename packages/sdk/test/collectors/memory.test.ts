import { collectMemory } from '@dither/sdk/collectors/memory';
import { expect, it } from 'vitest';
import { collected } from './registry.js';
import { timers, watched } from './watched.js';

const heap = { now: () => 0, memory: { usedJSHeapSize: 12_500_000 } };
const process = { memoryUsage: () => ({ rss: 80_000_000 }) };
const isolated = (bytes: () => Promise<{ bytes: number }>) => ({
  crossOriginIsolated: true,
  performance: { ...heap, measureUserAgentSpecificMemory: bytes },
});

it('measures the whole page where it is cross-origin isolated', async () => {
  const { client, news, drops } = await watched(collected);
  collectMemory(client, { used: 'memory' }, { scope: { ...isolated(async () => ({ bytes: 256_000_000 })), process } });
  expect(news()).toEqual([]);
  await Promise.resolve();
  expect(news()).toEqual([['memory', 256]]);
  expect(await drops()).toEqual({});
});

it('measures the heap where the whole page is refused or not isolated, and the process on Node', async () => {
  const { client, news } = await watched(collected);
  const refused = isolated(() => Promise.reject(new Error('SecurityError')));
  collectMemory(client, { used: 'memory' }, { scope: refused });
  await new Promise((resolve) => setImmediate(resolve));
  expect(news()).toEqual([['memory', 12.5]]);
  const plain = { ...isolated(async () => ({ bytes: 1e9 })), crossOriginIsolated: false };
  collectMemory(client, { used: 'memory' }, { scope: { ...plain, process } });
  expect(news()).toEqual([['memory', 12.5]]);
  collectMemory(client, { used: 'memory' }, { scope: { process, performance: { now: () => 0 } } });
  expect(news()).toEqual([['memory', 80]]);
});

it('measures again after each interval, by a timer that keeps no process alive', async () => {
  const { client, news } = await watched(collected);
  const time = timers();
  const stop = collectMemory(client, { used: 'memory' }, { scope: { process, ...time } });
  expect(time.delays).toEqual([600_000]);
  expect(time.unreferenced).toBe(1);
  time.run();
  time.run();
  expect(news()).toHaveLength(3);
  stop();
  expect(time.delays).toEqual([]);
  collectMemory(client, { used: 'memory' }, { scope: { process, ...time }, interval: 5000 });
  expect(time.delays).toEqual([5000]);
});

it('records nothing that comes after it was stopped', async () => {
  const { client, news } = await watched(collected);
  const stop = collectMemory(client, { used: 'memory' }, { scope: isolated(async () => ({ bytes: 1e6 })) });
  stop();
  await new Promise((resolve) => setImmediate(resolve));
  expect(news()).toEqual([]);
});

it('does nothing where memory is not told, and does not throw where asking does', async () => {
  const { client, news } = await watched(collected);
  collectMemory(client, { used: 'memory' }, { scope: {} })();
  const broken = {
    process: {
      memoryUsage: () => {
        throw new Error('ENOSYS');
      },
    },
  };
  expect(() => collectMemory(client, { used: 'memory' }, { scope: broken })()).not.toThrow();
  expect(news()).toEqual([]);
});

it('measures this very process unless told otherwise', async () => {
  const { client, news } = await watched(collected);
  collectMemory(client, { used: 'memory' })();
  const [[, used] = []] = news();
  expect(used).toBeGreaterThan(10);
  expect(used).toBeLessThan(10_000);
});
