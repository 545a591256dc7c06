import { collectCrashes, signatureOf } from '@dither/sdk/collectors/crashes';
import { describe, expect, it } from 'vitest';
import { collected } from './registry.js';
import { eventWith, watched } from './watched.js';

const metrics = { crashed: 'crashes', signature: 'signature' } as const;

function clock() {
  const time = { now: 0 };
  return { time, performance: { now: () => time.now } };
}

/** Node's process, as far as it matters. */
function monitored() {
  const listeners = new Set<(error: unknown) => void>();
  const process = {
    on: (event: string, listener: (error: unknown) => void) =>
      event === 'uncaughtExceptionMonitor' && listeners.add(listener),
    off: (_event: string, listener: (error: unknown) => void) => listeners.delete(listener),
  };
  return { listeners, process, crash: (error: unknown) => [...listeners].map((listener) => listener(error)) };
}

const scopeOf = (window: EventTarget) => ({
  addEventListener: window.addEventListener.bind(window),
  removeEventListener: window.removeEventListener.bind(window),
});

describe('in a page or a worker', () => {
  it('records errors that nobody caught and rejections that nobody handled, and writes them', async () => {
    const { client, calls, drops } = await watched(collected);
    const window = new EventTarget();
    const { time, performance } = clock();
    collectCrashes(client, metrics, { scope: { ...scopeOf(window), performance } });
    const error = new RangeError('of the app');
    window.dispatchEvent(eventWith('error', { error }));
    expect(calls).toEqual([['record', 'crashes'], ['record', 'signature', signatureOf(error)], ['flushNow']]);
    time.now = 5000;
    window.dispatchEvent(eventWith('unhandledrejection', { reason: 'a text' }));
    expect(calls.slice(3)).toEqual([['record', 'crashes'], ['record', 'signature', 'thrown string'], ['flushNow']]);
    expect(await drops()).toEqual({});
  });

  it('leaves the event to the app', async () => {
    const { client } = await watched(collected);
    const window = new EventTarget();
    collectCrashes(client, metrics, { scope: scopeOf(window) });
    let heard = 0;
    window.addEventListener('error', () => heard++);
    const event = Object.assign(new Event('error', { cancelable: true }), { error: new Error('x') });
    expect(window.dispatchEvent(event)).toBe(true);
    expect(heard).toBe(1);
  });

  it('writes a storm of errors once a second, and counts each', async () => {
    const { client, calls } = await watched(collected);
    const window = new EventTarget();
    const { time, performance } = clock();
    collectCrashes(client, { crashed: 'crashes' }, { scope: { ...scopeOf(window), performance } });
    for (time.now = 0; time.now < 2500; time.now += 10) {
      window.dispatchEvent(eventWith('error', { error: new Error('again') }));
    }
    expect(calls.filter(([what]) => what === 'record')).toHaveLength(250);
    expect(calls.filter(([what]) => what === 'flushNow')).toHaveLength(3);
  });

  it('writes each where there is no clock', async () => {
    const { client, calls } = await watched(collected);
    const window = new EventTarget();
    collectCrashes(client, {}, { scope: scopeOf(window) });
    for (const error of [new Error('a'), new Error('b')]) window.dispatchEvent(eventWith('error', { error }));
    expect(calls).toEqual([['flushNow'], ['flushNow']]);
  });

  it('passes over what has no error: scripts of other origins, images that did not load, notices of the browser', async () => {
    const { client, calls } = await watched(collected);
    const window = new EventTarget();
    collectCrashes(client, metrics, { scope: scopeOf(window) });
    window.dispatchEvent(eventWith('error', { error: null, message: 'Script error.' }));
    window.dispatchEvent(eventWith('error'));
    window.dispatchEvent(eventWith('unhandledrejection', { reason: undefined }));
    expect(calls).toEqual([]);
  });

  it('does not throw, nor tell, what an error does when it is looked at', async () => {
    const { client, news } = await watched(collected);
    const window = new EventTarget();
    collectCrashes(client, metrics, { scope: scopeOf(window) });
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('do not look');
        },
      },
    );
    window.dispatchEvent(eventWith('error', { error: hostile }));
    expect(news()).toEqual([['crashes'], ['signature', 'unknown']]);
  });
});

describe('on Node', () => {
  it('watches what ends the process, and writes it whatever was written before', async () => {
    const { client, calls } = await watched(collected);
    const { crash, process } = monitored();
    const { performance } = clock();
    collectCrashes(client, metrics, { scope: { process, performance } });
    crash(new TypeError('one'));
    crash(new TypeError('another, that the app survived'));
    expect(calls.filter(([what]) => what === 'flushNow')).toHaveLength(2);
  });

  it('counts an error once where a runtime tells of it in two ways', async () => {
    const { client, news } = await watched(collected);
    const { crash, process } = monitored();
    const window = new EventTarget();
    collectCrashes(client, { crashed: 'crash' }, { scope: { ...scopeOf(window), process } });
    const error = new Error('once');
    window.dispatchEvent(eventWith('error', { error }));
    crash(error);
    expect(news()).toEqual([['crash']]);
  });
});

it('listens no more once it is stopped', async () => {
  const { client, calls } = await watched(collected);
  const { crash, listeners, process } = monitored();
  const window = new EventTarget();
  const stop = collectCrashes(client, metrics, { scope: { ...scopeOf(window), process } });
  stop();
  stop();
  expect(listeners.size).toBe(0);
  crash(new Error('x'));
  window.dispatchEvent(eventWith('error', { error: new Error('x') }));
  window.dispatchEvent(eventWith('unhandledrejection', { reason: new Error('x') }));
  expect(calls).toEqual([]);
});

it('does nothing where nobody tells of crashes', async () => {
  const { client, calls } = await watched(collected);
  collectCrashes(client, metrics, { scope: {} })();
  // What bundlers put in the place of Node's process.
  collectCrashes(client, metrics, { scope: { process: {} } })();
  expect(calls).toEqual([]);
});

it('listens to this very process unless told otherwise', async () => {
  const { client } = await watched(collected);
  const before = process.listenerCount('uncaughtExceptionMonitor');
  const stop = collectCrashes(client, metrics);
  expect(process.listenerCount('uncaughtExceptionMonitor')).toBe(before + 1);
  stop();
  expect(process.listenerCount('uncaughtExceptionMonitor')).toBe(before);
});
