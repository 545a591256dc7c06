/** Whether a registry can be of that app. */
export function isApp(text: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{0,99}$/.test(text);
}
