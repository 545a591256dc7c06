import type { FastifyRequest } from 'fastify';

/**
 * Whether a request is from this machine, as far as can be told: the connection is, no proxy speaks of another client, and
 * the host it asks for is this machine by its own name. A page on the web can make a browser here ask any server here, by a
 * name of its own that leads to 127.0.0.1; it cannot make that name `localhost`.
 *
 * A proxy on this machine that passes requests on under such a name and without a header of its own looks the same.
 */
export function isLocal(request: FastifyRequest): boolean {
  const { headers, ip, ips = [] } = request;
  // One more than the connection's own: X-Forwarded-For, from a proxy that is believed. `ip` is then what it says.
  const isBelieved = ips.length > 1;
  return (
    isLoopback(request.socket.remoteAddress) &&
    isLoopback(ip) &&
    (isBelieved || !Object.keys(headers).some(isOfProxy)) &&
    OWN_NAME.test(headers.host ?? '') &&
    // Else it names a host of its own, as one does to a proxy.
    request.url.startsWith('/')
  );
}

const OWN_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127(\.\d{1,3}){3}|::ffff:127(\.\d{1,3}){3}|::1)$/i.test(address);
}

function isOfProxy(header: string): boolean {
  return header === 'forwarded' || header === 'via' || header === 'x-real-ip' || header.startsWith('x-forwarded-');
}
