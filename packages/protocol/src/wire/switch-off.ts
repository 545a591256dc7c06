import { parseAnswer } from '../parse-json.js';

/** What an operator asks of every device of an app: to leave out some metrics until a day. */
export interface SwitchOff {
  /** Ids of metrics; one that the app does not declare means nothing. */
  readonly off: readonly string[];
  /** First day (UTC, counted from 1970-01-01) on which it no longer holds. */
  readonly until: number;
}

/** Where a server answers with an app's document. It names the app, nothing of the device. */
export function switchOffPath(app: string): string {
  return `/v1/switch-off/${app}`;
}

/**
 * Reads a switch-off document. It ships in every app and reads what a network may have put in the place of an answer:
 * anything but a document of this app means nothing. Whether the document still holds is for whoever knows the day.
 */
export function parseSwitchOff(text: string | undefined, app: string): SwitchOff | undefined {
  // As it should be; whether it is, is what follows.
  const { app: named, off, until } = parseAnswer<SwitchOff & { readonly app: string }>(text);
  const isDocument =
    named === app && Array.isArray(off) && off.every((id) => typeof id === 'string') && Number.isInteger(until);
  return isDocument ? ({ off, until } as SwitchOff) : undefined;
}

/** The document's one text: ids sorted by code unit and named once, no white space. */
export function writeSwitchOff(app: string, { off, until }: SwitchOff): string {
  return JSON.stringify({ app, off: [...new Set(off)].sort(), until });
}
