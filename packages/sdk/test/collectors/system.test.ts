import { BROWSERS, collectSystem, LANGUAGES, OPERATING_SYSTEMS } from '@dither/sdk/collectors/system';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../src/collectors/_scope.js';
import { collected } from './registry.js';
import { timers, watched } from './watched.js';

const everything = {
  os: 'os',
  browser: 'browser',
  language: 'language',
  cores: 'cores',
  memory: 'device-memory',
  mobile: 'mobile',
  darkTheme: 'dark',
  reducedMotion: 'still',
} as const;

const swedish: Scope = { Intl: { DateTimeFormat: () => ({ resolvedOptions: () => ({ locale: 'sv-SE' }) }) } };

async function factsOf(scope: Scope) {
  const { client, news, drops } = await watched(collected);
  collectSystem(client, everything, { scope });
  const facts = Object.fromEntries(news().map(([id, value = true]) => [id, value]));
  expect(await drops()).toEqual({});
  return facts;
}

const mozilla = (rest: string) => `Mozilla/5.0 (${rest}`;
const agents = {
  'Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0': ['windows', 'firefox', false],
  'X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': ['linux', 'firefox', false],
  'Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0': ['android', 'firefox', true],
  'Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15': [
    'macos',
    'safari',
    false,
  ],
  'iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1':
    ['ios', 'safari', true],
  'iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0 Mobile/15E148 Safari/604.1':
    ['ios', 'chrome', true],
  'iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15':
    ['ios', 'firefox', true],
  'X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36': [
    'chromeos',
    'chrome',
    false,
  ],
  'Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0': [
    'windows',
    'edge',
    false,
  ],
  'Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36 OPR/119.0.0.0': [
    'windows',
    'opera',
    false,
  ],
  'Linux; Android 13; SAMSUNG SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36':
    ['android', 'samsung-internet', true],
  'PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko)': ['other', 'other', false],
} as const;

describe('of a user agent', () => {
  it.each(Object.entries(agents))('%s', async (rest, [os, browser, isMobile]) => {
    const { mobile = false, ...facts } = await factsOf({ navigator: { userAgent: mozilla(rest) } });
    expect({ ...facts, mobile }).toEqual({ os, browser, mobile: isMobile });
  });

  it('an iPad that says it is a Mac is told by its touch screen', async () => {
    const userAgent = mozilla('Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15');
    expect(await factsOf({ navigator: { userAgent, maxTouchPoints: 5 } })).toMatchObject({ os: 'ios' });
    expect(await factsOf({ navigator: { userAgent, maxTouchPoints: 0 } })).toMatchObject({ os: 'macos' });
  });
});

describe('of low-entropy client hints', () => {
  const hints = (platform: string, mobile: boolean, ...brands: readonly string[]): Scope => ({
    navigator: {
      // Says something else: the hints come first.
      userAgent: mozilla('X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
      userAgentData: { platform, mobile, brands: brands.map((brand) => ({ brand })) },
    },
  });

  it.each([
    ['Windows', ['Not/A)Brand', 'Chromium', 'Google Chrome'], 'windows', 'chrome'],
    ['macOS', ['Chromium', 'Microsoft Edge'], 'macos', 'edge'],
    ['Chrome OS', ['Google Chrome', 'Chromium'], 'chromeos', 'chrome'],
    ['Linux', ['Opera', 'Chromium'], 'linux', 'opera'],
    ['Fuchsia', ['Brave', 'Chromium'], 'other', 'other'],
  ] as const)('%s, %j', async (platform, brands, os, browser) => {
    expect(await factsOf(hints(platform, false, ...brands))).toEqual({ os, browser });
    expect(await factsOf(hints(platform, true, ...brands))).toEqual({ os, browser, mobile: true });
  });

  it('empty hints leave it to the user agent', async () => {
    expect(await factsOf(hints('', false))).toEqual({ os: 'linux', browser: 'firefox' });
  });
});

describe('of Node', () => {
  it.each([
    ['linux', 'linux'],
    ['darwin', 'macos'],
    ['win32', 'windows'],
    ['freebsd', 'other'],
  ])('%s', async (platform, os) => {
    const navigator = { userAgent: 'Node.js/22', hardwareConcurrency: 8, language: 'en-US' };
    expect(await factsOf({ process: { platform }, navigator })).toEqual({ os, cores: 8, language: 'en' });
  });

  it('this very process has an operating system, a language and no browser', async () => {
    const { client, news } = await watched(collected);
    const stop = collectSystem(client, everything);
    stop();
    const ids = news().map(([id]) => id);
    expect(ids).toContain('os');
    expect(ids).toContain('language');
    expect(ids).not.toContain('browser');
  });
});

describe('language', () => {
  it.each([
    ['de', 'de'],
    ['de-AT', 'de'],
    ['zh-Hant-TW', 'zh'],
    ['nb-NO', 'no'],
    ['iw', 'he'],
    ['EN-us', 'en'],
    ['rm-CH', 'other'],
    ['constructor', 'other'],
  ])('%s is %s', async (language, expected) => {
    expect(await factsOf({ navigator: { language } })).toEqual({ language: expected });
  });

  it('comes from the locale where no navigator tells it', async () => {
    expect(await factsOf(swedish)).toEqual({ language: 'sv' });
    expect(await factsOf({ navigator: { language: '' } })).toEqual({});
  });
});

it('records what the person prefers, and what the device has', async () => {
  const navigator = { hardwareConcurrency: 12, deviceMemory: 8 };
  const prefer = (wanted: readonly string[]) => (query: string) => ({ matches: wanted.includes(query) });
  const scope = { navigator, matchMedia: prefer(['(prefers-color-scheme: dark)']) };
  expect(await factsOf(scope)).toEqual({ cores: 12, 'device-memory': 8, dark: true });
  expect(await factsOf({ matchMedia: prefer(['(prefers-reduced-motion: reduce)']) })).toEqual({ still: true });
});

it('maps facts to values of the app, also those that are false', async () => {
  const { client, news, drops } = await watched(collected);
  const scope = { navigator: { language: 'de' }, matchMedia: () => ({ matches: false }) };
  collectSystem(
    client,
    {
      language: { metric: 'speakers', map: (language) => (language === 'en' ? 'english' : 'other') },
      darkTheme: { metric: 'theme', map: (isDark) => (isDark ? 'dark' : 'light') },
      reducedMotion: { metric: 'theme', map: () => undefined },
    },
    { scope },
  );
  expect(news()).toEqual([
    ['speakers', 'other'],
    ['theme', 'light'],
  ]);
  expect(await drops()).toEqual({});
});

it('one fact that cannot be read keeps no other from being told, and nothing is thrown', async () => {
  const { client, news } = await watched(collected);
  const scope = {
    navigator: {
      get userAgent(): string {
        throw new Error('forbidden');
      },
      language: 'fr',
    },
    matchMedia: () => {
      throw new Error('forbidden');
    },
  };
  const thrower = (): never => {
    throw new Error('of the app');
  };
  collectSystem(client, { ...everything, cores: { metric: 'theme', map: thrower } }, { scope });
  expect(news()).toEqual([['language', 'fr']]);
});

it('tells it all again every six hours, until it is stopped', async () => {
  const { client, news } = await watched(collected);
  const time = timers();
  const stop = collectSystem(client, { language: 'language' }, { scope: { navigator: { language: 'fr' }, ...time } });
  expect(time.delays).toEqual([6 * 3_600_000]);
  time.run();
  expect(news()).toEqual([
    ['language', 'fr'],
    ['language', 'fr'],
  ]);
  stop();
  expect(time.delays).toEqual([]);
});

it('does nothing where nothing is told', async () => {
  expect(await factsOf({})).toEqual({});
});

it('lists each value once, with room for what it does not know', () => {
  for (const list of [OPERATING_SYSTEMS, BROWSERS, LANGUAGES]) {
    expect(new Set(list).size).toBe(list.length);
    expect(list).toContain('other');
  }
});
