/**
 * Days are UTC, counted from 1970-01-01. A period of `length` days starts on a day that is a multiple of its
 * length and is named by that day.
 */
export const DAY_MS = 86_400_000;

export function dayOf(milliseconds: number): number {
  return Math.floor(milliseconds / DAY_MS);
}

/** First day of the period of `length` days that `day` lies in. */
export function periodStart(day: number, length: number): number {
  return Math.floor(day / length) * length;
}

/** `YYYY-MM-DD` of a day. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day of a `YYYY-MM-DD`, or undefined if it is not one. */
export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const day = Date.parse(`${text}T00:00:00Z`) / DAY_MS;
  return Number.isInteger(day) && formatDay(day) === text ? day : undefined;
}
