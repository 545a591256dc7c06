import { createHmac, randomBytes } from 'node:crypto';
import { isIPv4, type Socket } from 'node:net';
import { addressOf } from './address.js';
import type { Clock } from './clock.js';
import { serverPolicy } from './policy.js';

/** A connection, as far as it is asked who it is from. */
type Connection = Pick<Socket, 'remoteAddress'>;

/**
 * Names the network of an address for the rate limit, and for nothing else: HMAC-SHA-256 of what is left of the
 * address, under a random key that is only in memory and is renewed every hour. A connection that stays open is not
 * named anew with each request; an address that a proxy named is not kept.
 */
export function networkKeys(clock: Clock): (address: string, connection: Connection) => string {
  let key = randomBytes(32);
  let madeAt = clock.now();
  let names = new WeakMap<Connection, string>();
  const nameOf = (address: string) => createHmac('sha256', key).update(networkOf(address)).digest('base64url');
  return (address, connection) => {
    if (Math.abs(clock.now() - madeAt) >= serverPolicy.networkKeyMilliseconds) {
      key = randomBytes(32);
      madeAt = clock.now();
      names = new WeakMap();
    }
    if (address !== connection.remoteAddress) return nameOf(address);
    const name = names.get(connection) ?? nameOf(address);
    names.set(connection, name);
    return name;
  };
}

/**
 * An IPv4 address whole (/32), of an IPv6 address the first 56 bits: what one customer is given. Whatever is no address is
 * one network, so that nobody has as many as texts can be made up.
 */
export function networkOf(text: string | undefined): string {
  const address = addressOf(text);
  if (address === undefined) return 'none';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIPv4(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after].map((group) =>
    Number.parseInt(group, 16),
  );
  return `${groups.slice(0, 3).join(':')}:${(groups[3] ?? 0) >> 8}`;
}
