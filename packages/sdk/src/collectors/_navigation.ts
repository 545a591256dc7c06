import type { Entry, Scope } from './_scope.js';

const FIELDS = {
  ttfb: 'responseStart',
  domContentLoaded: 'domContentLoadedEventEnd',
  load: 'loadEventEnd',
} as const satisfies { readonly [moment: string]: keyof Entry };

/** Of a navigation: its first byte; the page read and its scripts run; all that the page is made of come. */
export type Moment = keyof typeof FIELDS;

/**
 * Each look tells the moments that have become known, each once. A page loaded ahead of its visit counts from the
 * moment it is shown, and not at all until then.
 */
export function navigation(
  scope: Pick<Scope, 'performance' | 'document'>,
  tell: (moment: Moment, milliseconds: number) => void,
): () => void {
  const missing = new Set(Object.keys(FIELDS) as readonly Moment[]);
  return () => {
    const entry = scope.performance?.getEntriesByType?.('navigation')[0];
    if (entry === undefined || scope.document?.prerendering === true) return;
    for (const moment of missing) {
      const time = entry[FIELDS[moment]] ?? 0;
      if (time === 0) continue;
      missing.delete(moment);
      tell(moment, Math.max(0, time - (entry.activationStart ?? 0)));
    }
  };
}
