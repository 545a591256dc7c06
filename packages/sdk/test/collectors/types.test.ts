import { collectCrashes } from '@dither/sdk/collectors/crashes';
import { collectFeatures } from '@dither/sdk/collectors/features';
import { collectLongTasks } from '@dither/sdk/collectors/long-tasks';
import { collectMemory } from '@dither/sdk/collectors/memory';
import { collectPage } from '@dither/sdk/collectors/page';
import { collectSystem } from '@dither/sdk/collectors/system';
import { expect, it } from 'vitest';
import * as vitals from 'web-vitals';
import { collected } from './registry.js';
import { type Watched, watched } from './watched.js';

type Collected = Watched<(typeof collected)['declarations'] & object>['client'];

/** Nothing is there to be collected. */
const none = { scope: {} };

/** Compiled, and run: what the compiler refuses does nothing here. */
function misuse(client: Collected): void {
  const { onCLS, onLCP } = vitals;
  collectPage(client, { ttfb: 'ttfb', load: 'load' }, none);
  collectPage(client, { lcp: 'lcp', cls: 'cls' }, { vitals: { onCLS, onLCP }, ...none });
  collectPage(client, { lcp: 'lcp', inp: 'inp', cls: 'cls', fcp: 'fcp', ttfb: 'ttfb' }, { vitals, ...none });
  // @ts-expect-error without its function a vital is not measured
  collectPage(client, { lcp: 'lcp' }, none);
  // @ts-expect-error nor with that of another
  collectPage(client, { lcp: 'lcp' }, { vitals: { onCLS }, ...none });
  // @ts-expect-error a shift of layout is not a time
  collectPage(client, { cls: 'lcp' }, { vitals, ...none });
  // @ts-expect-error a time is not a quantity
  collectPage(client, { load: 'cls' }, none);
  // @ts-expect-error no such metric
  collectPage(client, { load: 'loaded' }, none);
  // @ts-expect-error nothing of the kind is measured
  collectPage(client, { loads: 'load' }, none);

  collectLongTasks(client, { count: 'crashes', duration: 'blocked' }, none);
  // @ts-expect-error how many are not counted by a boolean
  collectLongTasks(client, { count: 'crash' }, none);
  // @ts-expect-error how long is a time
  collectLongTasks(client, { duration: 'crashes' }, none);

  collectCrashes(client, { crashed: 'crash' }, none);
  collectCrashes(client, { crashed: 'crashes', signature: 'signature' }, none);
  // @ts-expect-error a crash has no duration
  collectCrashes(client, { crashed: 'load' }, none);
  // @ts-expect-error signatures are an open set
  collectCrashes(client, { signature: 'os' }, none);

  collectMemory(client, { used: 'memory' }, none);
  // @ts-expect-error memory is no time
  collectMemory(client, { used: 'load' }, none);
  // @ts-expect-error there is one thing to be measured
  collectMemory(client, {}, none);

  collectSystem(client, { os: 'os', browser: 'browser', language: 'language', cores: 'cores', mobile: 'mobile' }, none);
  collectSystem(client, { darkTheme: { metric: 'theme', map: (isDark) => (isDark ? 'dark' : 'light') } }, none);
  collectSystem(client, { cores: { metric: 'theme', map: (cores) => (cores > 4 ? 'dark' : undefined) } }, none);
  // @ts-expect-error another list
  collectSystem(client, { os: 'browser' }, none);
  // @ts-expect-error a list of the app's own needs a map
  collectSystem(client, { language: 'speakers' }, none);
  // @ts-expect-error which returns values of that list
  collectSystem(client, { language: { metric: 'speakers', map: (language) => language } }, none);
  // @ts-expect-error no text: there are few languages
  collectSystem(client, { language: 'signature' }, none);
  // @ts-expect-error only categories are mapped to
  collectSystem(client, { darkTheme: { metric: 'mobile', map: () => true } }, none);
  // @ts-expect-error a number is no boolean
  collectSystem(client, { cores: 'mobile' }, none);

  const root = {};
  collectFeatures(client, ['export-pdf', 'searches'], { root });
  // @ts-expect-error a click has no value
  collectFeatures(client, ['os'], { root });
  // @ts-expect-error no such metric
  collectFeatures(client, ['exports'], { root });
}

it('a wrong metric or kind is a compile error, and nothing where nobody compiles', async () => {
  const { client, calls } = await watched(collected);
  expect(() => misuse(client)).not.toThrow();
  expect(calls).toEqual([]);
});
