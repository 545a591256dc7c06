import type { FastifyInstance } from 'fastify';
import { type AppOptions, buildHttp } from './app.js';
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

/** Starts a server. It owns the storage from here on. */
export function startServer(options: ServerOptions): Promise<Server> {
  return startWithServices(options);
}

/** The same with what is behind it. */
export async function startWithServices(options: ServerOptions): Promise<Server & { readonly services: Services }> {
  const { host = '127.0.0.1', port = 0, storage } = options;
  try {
    const services = await openServices(options);
    const app = await buildHttp(services, options);
    const url = await app.listen({ host, port });
    return {
      url,
      app,
      services,
      async close() {
        await closeInTime(app);
        await storage.close();
      },
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}
