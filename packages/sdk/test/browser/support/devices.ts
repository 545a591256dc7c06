import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Browser, launch } from './chromium.js';
import { type Device, device } from './device.js';

/** A browser for all tests of a file, and a device for each; that nothing is thrown into a page is part of every test. */
export function devices(): { readonly browser: Browser; readonly phone: Device } {
  let browser: Browser | undefined;
  let phone: Device | undefined;
  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('only in a test');
    return thing;
  };
  beforeAll(async () => {
    browser = await launch();
  });
  beforeEach(async () => {
    phone = await device(there(browser));
  });
  afterEach(async () => {
    await phone?.close();
    expect(phone?.errors).toEqual([]);
  });
  afterAll(() => browser?.close());
  return {
    get browser() {
      return there(browser);
    },
    get phone() {
      return there(phone);
    },
  };
}
