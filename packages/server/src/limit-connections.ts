import type { Server } from 'node:net';
import { networkOf } from './network-key.js';
import type { IsTrusted } from './trusted-proxies.js';

/**
 * Cuts connections of a network that holds `max` already, before they send anything: else one network could hold all there
 * are. A proxy that is believed carries everybody, and is not counted. An entry is there as long as a connection that has
 * the address itself, so it needs no key.
 */
export function limitConnections(server: Server, max: number, isTrusted: IsTrusted): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    if (isTrusted(socket.remoteAddress)) return;
    const network = networkOf(socket.remoteAddress);
    const others = open.get(network) ?? 0;
    if (others >= max) {
      socket.destroy();
      return;
    }
    open.set(network, others + 1);
    socket.once('close', () => {
      const left = (open.get(network) as number) - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
  });
}
