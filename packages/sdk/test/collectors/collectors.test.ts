import { readdirSync } from 'node:fs';
import { collectCrashes } from '@dither/sdk/collectors/crashes';
import { collectFeatures } from '@dither/sdk/collectors/features';
import { collectLongTasks } from '@dither/sdk/collectors/long-tasks';
import { collectMemory } from '@dither/sdk/collectors/memory';
import { collectPage } from '@dither/sdk/collectors/page';
import { collectSystem } from '@dither/sdk/collectors/system';
import { expect, it } from 'vitest';
import { observers } from './observers.js';
import { collected } from './registry.js';
import { eventWith, timers, watched } from './watched.js';

/** Everything there is to be collected. */
function rich() {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  const { PerformanceObserver, running } = observers(['longtask']);
  const navigation = { duration: 0, responseStart: 1, domContentLoadedEventEnd: 2, loadEventEnd: 3 };
  const time = timers();
  return {
    happen() {
      running[0]?.see([{ duration: 60 }]);
      time.run();
      for (const name of ['load', 'pagehide']) window.dispatchEvent(new Event(name));
      window.dispatchEvent(eventWith('error', { error: new Error('x') }));
      const path = [{ getAttribute: () => 'searches' }];
      document.dispatchEvent(eventWith('click', { composedPath: () => path }));
    },
    document,
    scope: {
      ...time,
      document,
      PerformanceObserver,
      performance: { now: () => 0, memory: { usedJSHeapSize: 1e6 }, getEntriesByType: () => [navigation] },
      navigator: { hardwareConcurrency: 8, language: 'de' },
      matchMedia: () => ({ matches: true }),
      addEventListener: window.addEventListener.bind(window),
      removeEventListener: window.removeEventListener.bind(window),
    },
  };
}

it('collectors record, write, and look at consent: nothing else is asked of a client', async () => {
  const { client } = await watched(collected);
  const asked = new Set<string | symbol>();
  const seen = new Proxy(client, {
    get(target, member) {
      asked.add(member);
      return Reflect.get(target, member);
    },
  });
  const { scope, document, happen } = rich();
  const onCLS = (report: (vital: { value: number; id: string }) => void): void => report({ value: 0, id: 'a' });
  const stops = [
    collectPage(seen, { load: 'load', cls: 'cls' }, { scope, vitals: { onCLS } }),
    collectLongTasks(seen, { count: 'crashes' }, { scope }),
    collectCrashes(seen, { crashed: 'crash', signature: 'signature' }, { scope }),
    collectMemory(seen, { used: 'memory' }, { scope }),
    collectSystem(seen, { cores: 'cores', language: 'language' }, { scope }),
    collectFeatures(seen, ['searches'], { root: document }),
  ];
  happen();
  for (const stop of stops) stop();
  expect([...asked].sort()).toEqual(['consent', 'flushNow', 'ready', 'record']);
});

it('two lives that differ in values alone record the same metrics as often', async () => {
  const lives = [0, 1].map(async (life) => {
    const { client, news } = await watched(collected);
    const { scope } = rich();
    const navigator = { hardwareConcurrency: life === 0 ? 2 : 64, language: life === 0 ? 'de' : 'rm' };
    collectSystem(client, { cores: 'cores', language: 'language' }, { scope: { ...scope, navigator } });
    const memory = { usedJSHeapSize: life === 0 ? 0 : 4e9 };
    collectMemory(client, { used: 'memory' }, { scope: { ...scope, performance: { now: () => 0, memory } } });
    return news().map(([id]) => id);
  });
  const [one, other] = await Promise.all(lives);
  expect(one).toEqual(['language', 'cores', 'memory']);
  expect(other).toEqual(one);
});

it('importing a collector has no effect', async () => {
  const folder = new URL('../../src/collectors/', import.meta.url);
  const names = readdirSync(folder).filter((name) => !name.startsWith('_'));
  expect(names).toEqual(['crashes.ts', 'features.ts', 'long-tasks.ts', 'memory.ts', 'page.ts', 'system.ts']);
  const watch = () => [Object.keys(globalThis), process.eventNames().map((name) => process.listenerCount(name))];
  const before = watch();
  for (const name of names) await import(/* @vite-ignore */ `${folder.href}${name}?fresh`);
  expect(watch()).toEqual(before);
});
