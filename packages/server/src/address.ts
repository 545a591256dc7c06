import { isIP } from 'node:net';

/**
 * An IP address as connections have it and as proxies write it: perhaps in brackets, with a port, with a zone.
 * @returns the address alone; undefined for what is none
 */
export function addressOf(text: string | undefined = ''): string | undefined {
  const inBrackets = /^\[(.*)\](:\d{1,5})?$/.exec(text)?.[1];
  // An IPv6 address without brackets has more than one colon, and no port.
  const [address = ''] = (inBrackets ?? text.replace(/^([^:]*):\d{1,5}$/, '$1')).split('%');
  return isIP(address) === 0 ? undefined : address;
}
