import { writeSwitchOff } from '@dither/protocol';
import type { Answer } from '@dither/sdk';
import type { RunOptions } from './installation.js';

/** The day that lives begin on. */
export const FIRST = 20_440;

export function found(body: string): Answer {
  return { status: 200, contentType: 'application/json', body };
}

/** A document that names metrics until so many days after the first. */
export function documentOf(app: string, off: readonly string[], days: number): Answer {
  return found(writeSwitchOff(app, { off, until: FIRST + days }));
}

/** Nothing is switched off. */
export const NONE: Answer = {
  status: 404,
  contentType: 'application/problem+json',
  body: '{"type":"about:blank","title":"There is none.","status":404,"code":"no-switch-off","retry":false}',
};

export function offline(): never {
  throw new Error('offline');
}

export interface Operator {
  /** When a device asked, and what for. */
  readonly asked: { readonly at: number; readonly url: string }[];
  readonly wrap: NonNullable<RunOptions['wrap']>;
}

/** A far end that answers whoever asks for the document. */
export function operator(answer: () => Answer): Operator {
  const asked: Operator['asked'] = [];
  return {
    asked,
    wrap: (platform) => ({
      ...platform,
      async get(url) {
        asked.push({ at: platform.clock.wall(), url });
        return answer();
      },
    }),
  };
}
