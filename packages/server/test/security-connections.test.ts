import { connect, Server, Socket } from 'node:net';
import { memoryStorage, type ServerOptions, startServer } from '@dither/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { limitConnections } from '../src/limit-connections.js';
import { trustedBy } from '../src/trusted-proxies.js';
import { registry } from './fixture.js';
import { PATIENTLY } from './support/until.js';

/** Short, and longer than an honest request takes on a busy machine. */
const SHORT = { headersMilliseconds: 1500, requestMilliseconds: 2000, checkMilliseconds: 50 };

async function server(options: Partial<ServerOptions> = {}) {
  const started = await startServer({ registries: [registry], storage: memoryStorage(), ...options });
  onTestFinished(() => started.close());
  return started;
}

/** Sends `parts`, one each 30 ms, and resolves with all that came back once the other side has ended the connection. */
function talk(url: string, parts: readonly string[], isPatient = true): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket: Socket = connect({ host: hostname, port: Number(port) });
    let next = 0;
    const timer = setInterval(() => {
      const part = parts[next++];
      if (part !== undefined) socket.write(part, 'latin1');
      else if (!isPatient) socket.end();
    }, 30);
    socket.on('data', (chunk) => received.push(chunk));
    // The other side may be gone while this one still writes.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error);
    });
    socket.on('close', () => {
      clearInterval(timer);
      resolve(Buffer.concat(received).toString('latin1'));
    });
  });
}

function problemOf(answer: string): { readonly code?: string; readonly status?: number } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  expect(head.toLowerCase()).toContain('x-content-type-options: nosniff');
  expect(head.toLowerCase()).not.toMatch(/\r\n(server|x-powered-by|set-cookie|etag):/);
  const problem = JSON.parse(body);
  expect(head).toContain(`HTTP/1.1 ${problem.status} `);
  return problem;
}

const POST = 'POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n';
const drops = (n: number, drop: string) => Array.from({ length: n }, () => drop);

describe('a connection that takes its time', () => {
  it('over its headers is cut, with a word', async () => {
    const { url } = await server({ limits: SHORT });
    const answer = await talk(url, ['GET /healthz HTTP/1.1\r\nHost: localhost\r\n', ...drops(1000, 'x-drip: 1\r\n')]);
    expect(problemOf(answer)).toMatchObject({ code: 'request-timeout', status: 408, retry: true });
  });

  it('over its body is cut', async () => {
    const { url } = await server({ limits: SHORT });
    const answer = await talk(url, [`${POST}Content-Length: 5000\r\n\r\n`, ...drops(1000, 'x')]);
    expect(problemOf(answer)).toMatchObject({ code: 'request-timeout' });
    const chunked = await talk(url, [`${POST}Transfer-Encoding: chunked\r\n\r\n`, ...drops(1000, '1\r\nx\r\n')]);
    expect(problemOf(chunked)).toMatchObject({ code: 'request-timeout' });
  });

  it('and says nothing is cut', async () => {
    const { url } = await server({ limits: SHORT });
    expect(problemOf(await talk(url, []))).toMatchObject({ code: 'request-timeout' });
  });

  it('and says nothing more is cut', async () => {
    const { url } = await server({ limits: { ...SHORT, keepAliveMilliseconds: 100 } });
    const answer = await talk(url, ['GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n']);
    expect(answer).toContain('{"status":"ok"}');
  });

  it('does not keep others from being answered', async () => {
    const { url } = await server({ limits: SHORT });
    const slow = Array.from({ length: 50 }, () =>
      talk(url, [`${POST}Content-Length: 5000\r\n\r\n`, ...drops(1000, 'x')]),
    );
    for (let i = 0; i < 10; i++) expect((await fetch(`${url}/healthz`)).status).toBe(200);
    for (const answer of await Promise.all(slow)) expect(problemOf(answer)).toMatchObject({ code: 'request-timeout' });
  });

  it('is one of so many', async () => {
    const { url } = await server({ limits: { maxConnections: 2 } });
    const { hostname, port } = new URL(url);
    const open = () => {
      const socket = connect({ host: hostname, port: Number(port) });
      onTestFinished(() => {
        socket.destroy();
      });
      return socket;
    };
    const first = [open(), open()];
    await Promise.all(first.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const third = open();
    await new Promise((resolve) => third.once('close', resolve));
    expect(first.every((socket) => !socket.destroyed)).toBe(true);
  });
});

describe('connections of one network', () => {
  const connected = (url: string) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    // One that is cut may say so.
    socket.on('error', () => undefined);
    onTestFinished(() => {
      socket.destroy();
    });
    return socket;
  };
  const isAnswered = (socket: Socket) =>
    new Promise<boolean>((resolve) => {
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });

  it('are so many at a time: one more is cut at once, and room is made by those that end', async () => {
    const { url } = await server({ limits: { maxNetworkConnections: 2 } });
    const [first, second] = [connected(url), connected(url)];
    expect([await isAnswered(first), await isAnswered(second)]).toEqual([true, true]);
    for (let i = 0; i < 5; i++) expect(await isAnswered(connected(url))).toBe(false);
    expect(await isAnswered(first)).toBe(true);
    second.destroy();
    await vi.waitFor(async () => expect(await isAnswered(connected(url))).toBe(true), PATIENTLY);
  });

  it('are not counted where a proxy that is believed brings them', async () => {
    const { url } = await server({ limits: { maxNetworkConnections: 1 }, trustedProxies: ['loopback'] });
    for (let i = 0; i < 5; i++) expect(await isAnswered(connected(url))).toBe(true);
  });

  it('leave room for those of others', () => {
    const asked = new Server();
    limitConnections(asked, 2, trustedBy(['10.0.0.0/8']));
    const from = (remoteAddress: string) => {
      const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
      asked.emit('connection', socket);
      return socket;
    };
    const some = ['::ffff:203.0.113.1', '203.0.113.1', '203.0.113.1', '2001:db8::1', '2001:db8::2', '2001:db8:0:ff::'];
    expect(some.map((address) => from(address).destroyed)).toEqual([false, false, true, false, false, true]);
    expect(['198.51.100.1', '2001:db8:1::1'].map((address) => from(address).destroyed)).toEqual([false, false]);
    const proxy = Array.from({ length: 5 }, () => from('::ffff:10.1.2.3').destroyed);
    expect(proxy).toEqual([false, false, false, false, false]);
  });
});

describe('a connection that does not speak HTTP as it should', () => {
  const request = (more: string) => `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
  const texts: readonly [string, string, string, number][] = [
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'request-invalid', 400],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'request-invalid', 400],
    ['a method of its own', 'HELLO / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'request-invalid', 400],
    ['two lengths', `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`, 'request-invalid', 400],
    [
      'a length and chunks',
      `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      'request-invalid',
      400,
    ],
    ['a chunk that is none', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 'request-invalid', 400],
    ['a header with a control letter', request('x-a: \x01\r\n'), 'request-invalid', 400],
    ['a folded header', request('x-a: b\r\n c\r\n'), 'request-invalid', 400],
    ['a header too large', request(`x-a: ${'a'.repeat(9000)}\r\n`), 'headers-too-large', 431],
    ['many headers', request('x-a: 0123456789\r\n'.repeat(1000)), 'headers-too-large', 431],
    ['a path too long', `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 'headers-too-large', 431],
  ];
  it.each(texts)('(%s) is told so', async (_what, text, code, status) => {
    const { url } = await server();
    const answer = await talk(url, [text]);
    expect(problemOf(answer)).toMatchObject({ code, status });
    expect(answer).not.toContain('OpenSSH');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('asks for a path as it is, or for none', async () => {
    const { url } = await server();
    const ask = (path: string) =>
      talk(url, [`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`], false);
    for (const path of ['/v1/../healthz', '/v1/%2e%2e/healthz', '/./healthz', '/../../etc/passwd', '/healthz%00']) {
      expect(problemOf(await ask(path))).toMatchObject({ type: 'about:blank' });
    }
  });

  it('or names no host, reads nothing', async () => {
    const { url } = await server();
    expect(await talk(url, ['GET /v1/metrics HTTP/1.1\r\n\r\n'], false)).toMatch(/^HTTP\/1\.1 400 /);
    expect(problemOf(await talk(url, ['GET /v1/metrics HTTP/1.0\r\n\r\n'], false))).toMatchObject({
      code: 'token-required',
    });
    const proxied = 'GET http://evil.example/v1/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    expect(problemOf(await talk(url, [proxied], false))).toMatchObject({ code: 'token-required' });
    const rebound = 'GET /v1/metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
    expect(problemOf(await talk(url, [rebound], false))).toMatchObject({ code: 'token-required' });
  });
});

describe('a body that does not say its length', () => {
  it('is refused once it is too large, while it is still coming', async () => {
    const { url } = await server();
    const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`;
    for (const [type, chunks] of [
      ['application/octet-stream', 4],
      ['application/json', 40],
    ] as const) {
      const head = `POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nConnection: close\r\n`;
      const answer = await talk(url, [`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(chunks)}`], false);
      expect(problemOf(answer)).toMatchObject({ code: 'batch-too-large', status: 413 });
    }
  });
});
