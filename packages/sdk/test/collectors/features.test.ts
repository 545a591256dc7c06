import { collectFeatures } from '@dither/sdk/collectors/features';
import { expect, it } from 'vitest';
import { collected } from './registry.js';
import { eventWith, watched } from './watched.js';

/** An element as far as it matters, with those it is in. */
function click(...attributes: readonly (string | null)[]): Event {
  const elements = attributes.map((value) => ({
    getAttribute: (name: string) => (name === 'data-dither' ? value : null),
  }));
  // The document and the window have no attributes.
  return eventWith('click', { composedPath: () => [...elements, {}, {}] });
}

it('records the metric that the clicked element names, or the nearest around it', async () => {
  const { client, news, drops } = await watched(collected);
  const root = new EventTarget();
  collectFeatures(client, ['export-pdf', 'searches'], { root });
  root.dispatchEvent(click('export-pdf'));
  root.dispatchEvent(click(null, null, 'searches', 'export-pdf'));
  root.dispatchEvent(click(null));
  expect(news()).toEqual([['export-pdf'], ['searches']]);
  expect(await drops()).toEqual({});
});

it('records nothing that is not listed, whatever the page says', async () => {
  const { client, news } = await watched(collected);
  const root = new EventTarget();
  collectFeatures(client, ['searches'], { root });
  root.dispatchEvent(click('crash'));
  root.dispatchEvent(click('no-such-metric'));
  root.dispatchEvent(click('constructor'));
  root.dispatchEvent(click('crash', 'searches'));
  expect(news()).toEqual([['searches']]);
});

it('listens in the capturing phase, so that no handler of the app can keep a click from it', async () => {
  const { client } = await watched(collected);
  const listening: unknown[] = [];
  const root = {
    addEventListener: (type: string, _listener: object, options?: object) => listening.push(type, options),
  };
  collectFeatures(client, ['searches'], { root });
  expect(listening).toEqual(['click', { capture: true }]);
});

it('takes another attribute', async () => {
  const { client, news } = await watched(collected);
  const root = new EventTarget();
  collectFeatures(client, ['searches'], { root, attribute: 'data-feature' });
  root.dispatchEvent(click('searches'));
  const path = [{ getAttribute: (name: string) => (name === 'data-feature' ? 'searches' : null) }];
  root.dispatchEvent(eventWith('click', { composedPath: () => path }));
  expect(news()).toEqual([['searches']]);
});

it('hears nothing once it is stopped', async () => {
  const { client, news } = await watched(collected);
  const root = new EventTarget();
  const stop = collectFeatures(client, ['searches'], { root });
  stop();
  stop();
  root.dispatchEvent(click('searches'));
  expect(news()).toEqual([]);
});

it('neither throws nor records where there is no document, nor where a click is not one', async () => {
  const { client, news } = await watched(collected);
  collectFeatures(client, ['searches'])();
  const root = new EventTarget();
  collectFeatures(client, ['searches'], { root });
  root.dispatchEvent(new Event('click'));
  expect(news()).toEqual([]);
});
