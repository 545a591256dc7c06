/**
 * All that collectors read and listen to, wherever they run: each part may be missing, and then what depends on it is
 * not collected. Collectors take it as an argument, so this is the one file beside the platform that names a global.
 */
export interface Scope extends Target {
  readonly performance?: Performance;
  readonly PerformanceObserver?: ObserverConstructor;
  readonly crossOriginIsolated?: boolean;
  readonly document?: Page;
  readonly navigator?: Navigator;
  readonly process?: Process;
  readonly Intl?: { DateTimeFormat(): { resolvedOptions(): { readonly locale: string } } };
  matchMedia?(query: string): { readonly matches: boolean };
  setTimeout?(task: () => void, delay: number): unknown;
  setInterval?(task: () => void, delay: number): unknown;
  clearTimeout?(timer: unknown): void;
  clearInterval?(timer: unknown): void;
}

/** What sends events. Its listeners know which. */
export interface Target {
  addEventListener?(type: string, listener: unknown, options?: { readonly capture?: boolean }): void;
  removeEventListener?(type: string, listener: unknown, options?: { readonly capture?: boolean }): void;
}

/** Of a performance entry, what its type has. */
export interface Entry {
  readonly duration: number;
  /** Of a navigation, in milliseconds since it began; 0 until it is known. */
  readonly responseStart?: number;
  readonly domContentLoadedEventEnd?: number;
  readonly loadEventEnd?: number;
  /** When a page loaded ahead of its visit was shown. */
  readonly activationStart?: number;
}

interface Performance {
  now(): number;
  getEntriesByType?(type: string): readonly Entry[];
  /** Chromium alone. */
  readonly memory?: { readonly usedJSHeapSize: number };
  measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>;
}

interface ObserverConstructor {
  new (
    callback: (list: { getEntries(): readonly Entry[] }) => void,
  ): { observe(options: { readonly type: string; readonly buffered?: boolean }): void; disconnect(): void };
  readonly supportedEntryTypes?: readonly string[];
}

interface Page extends Target {
  readonly visibilityState?: string;
  /** Loaded ahead of a visit that may never come. */
  readonly prerendering?: boolean;
}

interface Navigator {
  readonly userAgent?: string;
  readonly userAgentData?: {
    readonly brands: readonly { readonly brand: string }[];
    readonly mobile: boolean;
    readonly platform: string;
  };
  readonly maxTouchPoints?: number;
  readonly hardwareConcurrency?: number;
  readonly deviceMemory?: number;
  readonly language?: string;
}

interface Process {
  readonly platform?: string;
  memoryUsage?(): { readonly rss: number };
  on?(event: 'uncaughtExceptionMonitor', listener: (error: unknown) => void): unknown;
  off?(event: 'uncaughtExceptionMonitor', listener: (error: unknown) => void): unknown;
}

export const here: Scope = globalThis;
