import type { FastifyInstance } from 'fastify';
import { type AppOptions, buildApp } from './app.js';

export interface ServerOptions extends AppOptions {
  /** Loopback unless told: whoever can reach the port can read every estimate. */
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
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host = '127.0.0.1', port = 0, storage } = options;
  try {
    const app = await buildApp(options);
    const url = await app.listen({ host, port });
    return {
      url,
      app,
      async close() {
        await app.close();
        await storage.close();
      },
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}
