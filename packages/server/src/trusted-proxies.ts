import { BlockList, isIPv4 } from 'node:net';
import { addressOf } from './address.js';

/** What may be named without its networks. */
const NAMES: { readonly [name: string]: readonly string[] } = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Whether an address is that of a proxy which is believed. */
export type IsTrusted = (address: string | undefined) => boolean;

/** @param proxies - addresses, networks (`10.0.0.0/8`), or `loopback`, `linklocal`, `uniquelocal` */
export function trustedBy(proxies: readonly string[]): IsTrusted {
  const trusted = new BlockList();
  for (const network of proxies.flatMap((proxy) => NAMES[proxy] ?? [proxy])) {
    const [address = '', bits] = network.split('/');
    if (bits === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(bits), familyOf(address));
  }
  return (text) => {
    const address = addressOf(text);
    return address !== undefined && trusted.check(address, familyOf(address));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
