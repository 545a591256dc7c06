import type { FastifyInstance } from 'fastify';
import { type AppOptions, buildHttp, type HttpOptions } from './app.js';
import { closeInTime } from './close-in-time.js';
import { openServices, type Services } from './services.js';

export interface ServerOptions extends AppOptions {
  /** Loopback unless told. Without a token, reads are answered there alone. */
  readonly host?: string;
  /** 0 for a free one. */
  readonly port?: number;
}

export interface Server {
  /** Without a slash at the end. */
  readonly url: string;
  readonly app: FastifyInstance;
  /** Takes no more requests, answers those it has, writes out the storage and closes it. */
  close(): Promise<void>;
}

/** A server with what is behind it. */
export interface ServerWithServices extends Server {
  readonly services: Services;
  /** @param cutMilliseconds - after which clients that are still sending are cut off */
  close(cutMilliseconds?: number): Promise<void>;
}

/** Starts a server. It owns the storage from here on. */
export function startServer(options: ServerOptions): Promise<Server> {
  return startWithServices(options);
}

/** @param http - how the public side is served, where that depends on what is stored; as in the options unless told */
export async function startWithServices(
  options: ServerOptions,
  http: (services: Services) => HttpOptions = () => options,
): Promise<ServerWithServices> {
  const { host = '127.0.0.1', port = 0, storage } = options;
  let services: Services | undefined;
  try {
    services = await openServices(options);
    const app = await buildHttp(services, http(services));
    const url = await app.listen({ host, port });
    return {
      url,
      app,
      services,
      async close(cutMilliseconds) {
        await closeInTime(app, cutMilliseconds);
        await storage.close();
      },
    };
  } catch (error) {
    await services?.close();
    await storage.close();
    throw error;
  }
}
