import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The app's own web server: pages, workers and bundles. A port of its own makes it an origin of its own. */
export interface Site {
  readonly origin: string;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** Scripts by their paths. */
  readonly bundles: { readonly [path: string]: string };
  /** Address of the server that the apps send to. */
  readonly endpoint: string;
  /** Milliseconds that the device's clock is ahead of the machine's when a page or a worker starts. */
  ahead(): number;
}

/** `/app/NAME` is a page of an app, `/start/NAME` the module that it or a worker runs, `/blank` a page without any. */
export async function openSite({ bundles, endpoint, ahead }: SiteOptions): Promise<Site> {
  const script = (text: string): readonly [type: string, text: string] => ['text/javascript', text];
  const page = (text: string): readonly [type: string, text: string] => ['text/html', `<!doctype html>${text}`];

  function find(url: URL): readonly [type: string, text: string] | undefined {
    const { pathname, search } = url;
    const [, kind, name] = pathname.split('/');
    if (kind === 'blank') return page('<title>Nothing</title>');
    if (kind === 'app')
      return page(`<title>${name}</title><script type="module" src="/start/${name}${search}"></script>`);
    if (kind === 'start') return script(startModule(name ?? '', search));
    const bundle = bundles[pathname];
    if (bundle === undefined) return undefined;
    return script(pathname === '/device-time.js' ? `globalThis.ahead ??= ${ahead()};${bundle}` : bundle);
  }

  function startModule(name: string, search: string): string {
    const options = { endpoint, ...Object.fromEntries([...new URLSearchParams(search)].map(([key]) => [key, true])) };
    return `
      import '/device-time.js';
      import { start } from '/${name}.js';
      import { inspect } from '/inspect.js';
      const client = start(${JSON.stringify(options)});
      globalThis.app = { client, inspect: () => inspect(client) };`;
  }

  const server = createServer((request, response) => {
    const found = find(new URL(request.url ?? '', origin));
    if (found === undefined) return response.writeHead(404).end();
    const [type, text] = found;
    const headers = { 'content-type': `${type};charset=utf-8`, 'cache-control': 'no-store' };
    // For frames without an origin.
    return response.writeHead(200, { ...headers, 'access-control-allow-origin': '*' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
