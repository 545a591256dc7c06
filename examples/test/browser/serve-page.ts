import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { folderOf } from '../run.js';

const TYPES: { readonly [extension: string]: string } = { '.html': 'text/html', '.js': 'text/javascript' };

/** The endpoint that the examples name: a server that somebody has started by hand. */
const ENDPOINT = 'http://127.0.0.1:8787';

export interface ServedPage {
  readonly origin: string;
  /** Where the page sends to, in the place of the endpoint that it names. */
  endpoint: string;
  close(): Promise<void>;
}

/** Serves an example of a page as it was built. */
export async function servePage(example: string): Promise<ServedPage> {
  const server = createServer(async (request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    if (path === '/favicon.ico') return response.writeHead(204).end();
    try {
      const text = await readFile(join(folderOf(example), path), 'utf8');
      response.writeHead(200, { 'content-type': `${TYPES[extname(path)]};charset=utf-8` });
      return response.end(text.replaceAll(ENDPOINT, page.endpoint));
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page: ServedPage = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    endpoint: ENDPOINT,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return page;
}
