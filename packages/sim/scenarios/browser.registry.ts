/**
 * The registry of the `browser` scenarios, as a developer declares it: what a browser's maker would ask.
 * `browser.registry.json` is its canonical form, written by `dither-registry export`.
 */
import * as grr from '@dither/mechanisms/grr';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as oneTimeRappor from '@dither/mechanisms/one-time-rappor';
import * as oue from '@dither/mechanisms/oue';
import * as rappor from '@dither/mechanisms/rappor';
import * as rr from '@dither/mechanisms/rr';
import * as squareWave from '@dither/mechanisms/square-wave';
import * as tree from '@dither/mechanisms/tree';
import { boolean, category, count, defineRegistry, type MetricOptions, quantity, text, timing } from '@dither/protocol';

function about(description: string, purpose: string): Omit<MetricOptions, 'epsilon'> {
  return { description, purpose, owner: 'browser-team@example.org', period: 28, expires: '2030-12-31' };
}

export const registry = defineRegistry({
  app: 'org.example.browser',
  participation: 'sampled',
  expectedClients: 20_000,
  metrics: {
    // System information
    os: category({
      ...about('Operating system', 'Decide which systems to test on'),
      values: ['windows', 'android', 'macos', 'ios', 'linux'],
      mechanism: grr.client,
    }),
    language: category({
      ...about('Language of the interface', 'Decide which translations to keep'),
      values: ['en', 'es', 'zh', 'pt', 'de', 'fr', 'ja', 'ru', 'it', 'pl', 'tr', 'nl', 'ko', 'ar', 'sv', 'other'],
      mechanism: oue.client,
    }),
    // Preferences
    'dark-mode': boolean({
      ...about('Whether the dark theme is on', 'Decide the default theme'),
      mechanism: rr.client,
    }),
    'search-engine': category({
      ...about('Default search engine', 'Decide which ones to offer at first start'),
      values: ['google', 'bing', 'duckduckgo', 'yandex', 'baidu', 'ecosia', 'other'],
      mechanism: grr.client,
    }),
    'start-page': category({
      ...about('What a new window shows', 'Decide the default start page'),
      values: ['blank', 'favourites', 'last-session', 'own-page'],
      mechanism: grr.client,
    }),
    homepage: text({
      ...about('Page that a new window opens', 'Decide which pages to offer as a start page'),
      // It seldom changes: randomized once for three periods, whose reports cost less together than three fresh ones.
      latch: { epsilonFirst: 2, epsilonInfinity: 4, epoch: 84 },
      mechanism: rappor.client,
    }),
    // Use of the interface
    'reader-view': boolean({
      ...about('Whether the reader view was opened', 'Decide whether to keep the reader view'),
      mechanism: rr.client,
    }),
    'tabs-opened': count({
      ...about('Tabs opened', 'Size the tab strip'),
      clamp: 500,
      mechanism: oneBitMean.client,
    }),
    // Responsiveness and performance
    'input-delay': timing({
      ...about('Time from a click to its effect', 'Find out whether the interface feels slow'),
      range: [8, 2048],
      buckets: 32,
      // Errs least at this number of installations, with wide intervals.
      mechanism: squareWave.client,
    }),
    'page-load': timing({
      ...about('Time until the largest part of a page is shown', 'Find out whether pages load slowly'),
      range: [100, 25_600],
      buckets: 64,
      // Errs more than the square wave, with narrower intervals: percentiles of this one are published.
      mechanism: tree.client,
    }),
    // Memory use and crashes
    'memory-use': quantity({
      ...about('Largest memory use', 'Decide how many tabs to keep in memory'),
      unit: 'MiB',
      range: [0, 4096],
      buckets: 16,
      aggregate: 'max',
      mechanism: oue.client,
    }),
    crashed: boolean({
      ...about('Whether the browser crashed', 'Find out whether a release is sound'),
      mechanism: rr.client,
    }),
    crashes: count({
      ...about('Crashes', 'Tell a few bad devices from a bad release'),
      clamp: 8,
      mechanism: oneBitMean.client,
    }),
    'crash-signature': text({
      ...about('Where the last crash happened: the innermost frames', 'Find the crashes that hit most people'),
      epsilon: 2,
      maxLength: 200,
      mechanism: oneTimeRappor.client,
    }),
  },
});
