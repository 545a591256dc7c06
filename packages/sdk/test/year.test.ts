import { fromBase64url, toBase64url } from '@dither/protocol';
import type { Platform } from '@dither/sdk';
import { loloha, rappor } from '@dither/sdk/mechanisms';
import { seededSource } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { linkableBy } from './support/linkable.js';
import { type Life, liveDaily, yearRegistry } from './support/year.js';

const registry = yearRegistry();
/** So many days tell a broken build. */
const SOME_DAYS = 100;
const other = liveDaily(registry, { seed: 'another', days: SOME_DAYS, taste: 5 });

describe('a year of batches of one installation', () => {
  it('repeats nothing across epochs more often than chance: not nonces, draws, times, sizes or addresses', async () => {
    const year = await liveDaily(registry, { seed: 'one', days: 365 });
    expect(year.batches.length).toBeGreaterThan(300);
    expect(linkableBy(year, await other)).toEqual([]);
  });
});

/** A stored message, as far as broken builds change it. */
interface Stored {
  readonly body: string;
  readonly due: number;
  readonly tries: number;
  readonly isHurried?: boolean;
}

/** A platform that puts other messages into the queue. */
function queueing(change: (message: Stored, now: number) => object): (platform: Platform) => Platform {
  return (platform) => {
    const changed = (text: string): string =>
      JSON.stringify((JSON.parse(text) as Stored[]).map((message) => change(message, platform.clock.wall())));
    const write: Platform['storage']['write'] = (entries) =>
      platform.storage.write(
        entries.map(([key, text]) => [key, key === 'queue' && text !== undefined ? changed(text) : text] as const),
      );
    return { ...platform, storage: { ...platform.storage, write } };
  };
}

describe('a deliberately broken build', () => {
  const tellOf = async (wrap?: Life['wrap'], own = registry) =>
    linkableBy(await liveDaily(own, { seed: 'one', days: SOME_DAYS, ...(wrap && { wrap }) }), await other);

  it('is known by its nonces, if each run begins with the same coins', async () => {
    const told = await tellOf((platform) => ({ ...platform, source: seededSource('always') }));
    expect(told).toContain('nonces: twice the same');
    expect(told).toContain('due: not spread');
  });

  it('is known by four bits of its nonces', async () => {
    const told = await tellOf(
      queueing((message) => {
        const bytes = fromBase64url(message.body) as Uint8Array;
        bytes[9] = ((bytes[9] as number) & 15) | 0x50;
        return { ...message, id: toBase64url(bytes.slice(3, 19)), body: toBase64url(bytes) };
      }),
    );
    expect(told).toContain('byte 6 of the nonce: comes in few kinds');
    expect(told.filter((one) => !one.startsWith('byte 6 '))).toEqual([]);
  });

  it('is known by a cohort that it keeps across epochs', async () => {
    const kept = {
      rappor: { ...rappor, latch: (params, value, _draw, source) => rappor.latch(params, value, 17, source) },
      loloha: { ...loloha, latch: (params, value, _draw, source) => loloha.latch(params, value, 17, source) },
    } satisfies Parameters<typeof yearRegistry>[0];
    const told = await tellOf(undefined, yearRegistry(kept));
    expect(told).toContain('draw of an epoch: is often that of 1 before');
    // Or if each of its metrics has one of its own.
    expect(await tellOf(undefined, yearRegistry({ rappor: kept.rappor, loloha }))).toEqual([
      'draw of an epoch: several',
    ]);
  });

  it('is known by when its batches leave', async () => {
    const hurry = queueing((message, now) =>
      message.tries > 0 || message.isHurried
        ? message
        : { ...message, due: now + Math.floor((message.due - now) / 2), isHurried: true },
    );
    expect(await tellOf(hurry)).toEqual(['due: not spread']);
  });

  it('is known by an address of its own', async () => {
    const addressed = (platform: Platform): Platform => ({
      ...platform,
      send: (url, body) => platform.send(`${url}?from=here`, body),
    });
    expect(await tellOf(addressed)).toEqual(['address']);
  });
});
