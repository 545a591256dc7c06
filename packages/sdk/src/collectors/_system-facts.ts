import type { Scope } from './_scope.js';

/** What `os` can be: for `values` of a category. */
export const OPERATING_SYSTEMS = ['android', 'chromeos', 'ios', 'linux', 'macos', 'windows', 'other'] as const;
export type OperatingSystem = (typeof OPERATING_SYSTEMS)[number];

/** What `browser` can be: for `values` of a category. */
export const BROWSERS = ['chrome', 'edge', 'firefox', 'opera', 'safari', 'samsung-internet', 'other'] as const;
export type Browser = (typeof BROWSERS)[number];

/** What `language` can be, by ISO 639: for `values` of a category. */
// biome-ignore format: one list
export const LANGUAGES = [
  'ar', 'bn', 'cs', 'da', 'de', 'el', 'en', 'es', 'fa', 'fi', 'fr', 'he', 'hi', 'hu', 'id', 'it', 'ja', 'ko', 'ms', 'nl',
  'no', 'pl', 'pt', 'ro', 'ru', 'sv', 'th', 'tr', 'uk', 'vi', 'zh', 'other',
] as const;
export type Language = (typeof LANGUAGES)[number];

/** Of `navigator.userAgentData.platform`, and of Node's `process.platform`. */
const PLATFORMS: ReadonlyMap<string, OperatingSystem> = new Map([
  ['Android', 'android'],
  ['Chrome OS', 'chromeos'],
  ['Chromium OS', 'chromeos'],
  ['iOS', 'ios'],
  ['Linux', 'linux'],
  ['macOS', 'macos'],
  ['Windows', 'windows'],
  ['android', 'android'],
  ['darwin', 'macos'],
  ['linux', 'linux'],
  ['win32', 'windows'],
]);

/** In a user agent; the first that matches. */
const SYSTEMS: readonly (readonly [RegExp, OperatingSystem])[] = [
  [/Android/, 'android'],
  [/iPhone|iPad|iPod/, 'ios'],
  [/Windows/, 'windows'],
  [/CrOS/, 'chromeos'],
  [/Mac OS X/, 'macos'],
  [/Linux/, 'linux'],
];

const BRANDS: readonly (readonly [RegExp, Browser])[] = [
  [/Edg(?:e|A|iOS)?\/|Microsoft Edge/, 'edge'],
  [/OPR\/|Opera/, 'opera'],
  [/SamsungBrowser\/|Samsung Internet/, 'samsung-internet'],
  [/Firefox\/|FxiOS\//, 'firefox'],
  [/Chrome\/|CriOS\/|Google Chrome/, 'chrome'],
  [/Version\/.*Safari\//, 'safari'],
];

function firstMatch<T extends string>(text: string, table: readonly (readonly [RegExp, T])[]): T | 'other' {
  return table.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
}

type Facts = Pick<Scope, 'navigator' | 'process' | 'Intl'>;

/** The user agent of a browser; Node has one that says nothing. */
function userAgentOf({ navigator }: Facts): string | undefined {
  return navigator?.userAgent?.startsWith('Mozilla/') === true ? navigator.userAgent : undefined;
}

export function operatingSystemOf(scope: Facts): OperatingSystem | undefined {
  const { navigator, process } = scope;
  const told = navigator?.userAgentData?.platform;
  if (told !== undefined && told !== '') return PLATFORMS.get(told) ?? 'other';
  const userAgent = userAgentOf(scope);
  if (userAgent === undefined)
    return process?.platform === undefined ? undefined : (PLATFORMS.get(process.platform) ?? 'other');
  const system = firstMatch(userAgent, SYSTEMS);
  // An iPad says that it is a Mac, of which none has a touch screen.
  return system === 'macos' && (navigator?.maxTouchPoints ?? 0) > 1 ? 'ios' : system;
}

export function browserOf(scope: Facts): Browser | undefined {
  const brands = scope.navigator?.userAgentData?.brands ?? [];
  const text = brands.length > 0 ? brands.map(({ brand }) => brand).join() : userAgentOf(scope);
  return text === undefined ? undefined : firstMatch(text, BRANDS);
}

export function isMobile(scope: Facts): boolean | undefined {
  const userAgent = userAgentOf(scope);
  return scope.navigator?.userAgentData?.mobile ?? (userAgent === undefined ? undefined : /Mobi/.test(userAgent));
}

/** Other names of a language in the list. */
const SYNONYMS: ReadonlyMap<string, Language> = new Map([
  ['in', 'id'],
  ['iw', 'he'],
  ['nb', 'no'],
  ['nn', 'no'],
]);

export function languageOf(scope: Facts): Language | undefined {
  const tag = scope.navigator?.language ?? scope.Intl?.DateTimeFormat().resolvedOptions().locale;
  const subtag = tag?.split('-')[0]?.toLowerCase();
  if (subtag === undefined || subtag === '') return undefined;
  return LANGUAGES.find((language) => language === subtag) ?? SYNONYMS.get(subtag) ?? 'other';
}
