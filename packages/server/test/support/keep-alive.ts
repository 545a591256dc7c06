import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** The server went away, or said what is no HTTP: nobody knows what became of the request. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface KeepAlive {
  /** @throws NoAnswer */
  post(port: number, body: Uint8Array, headers?: string): Promise<Answer>;
  close(): void;
}

const TYPE = 'content-type: application/octet-stream\r\n';

/**
 * One connection that is kept alive, one request at a time, to `POST /v1/reports` on loopback: a load of 64 of these takes
 * a fraction of what `fetch` does. It is made anew where the port changes or the server closed it.
 */
export function keepAlive(): KeepAlive {
  let socket: Socket | undefined;
  let connectedTo = 0;
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  let received = '';

  function drop(gone: Socket): void {
    gone.destroy();
    if (socket !== gone) return;
    socket = undefined;
    received = '';
    const asked = waiting;
    waiting = undefined;
    asked?.reject(new NoAnswer('the connection was closed'));
  }

  function open(port: number): Socket {
    const opened = connect({ host: '127.0.0.1', port, noDelay: true });
    opened.setEncoding('latin1');
    opened.on('data', (text: string) => {
      received += text;
      const read = readAnswer(received);
      if (read === undefined) return;
      received = received.slice(read.length);
      const asked = waiting;
      waiting = undefined;
      if (read.answer.headers['connection'] === 'close') drop(opened);
      asked?.resolve(read.answer);
    });
    opened.on('error', () => drop(opened));
    opened.on('close', () => drop(opened));
    connectedTo = port;
    return opened;
  }

  return {
    post(port, body, headers = TYPE) {
      if (socket !== undefined && connectedTo !== port) drop(socket);
      socket ??= open(port);
      const to = socket;
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        to.cork();
        to.write(`POST /v1/reports HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}content-length: ${body.length}\r\n\r\n`);
        to.write(body);
        to.uncork();
      });
    },
    close: () => socket && drop(socket),
  };
}

/** The first answer in a text, and its length there; undefined while it is not whole. */
export function readAnswer(text: string): { readonly answer: Answer; readonly length: number } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = end + 4 + Number(headers['content-length'] ?? 0);
  if (text.length < length) return undefined;
  return { answer: { status: Number(first.split(' ')[1]), headers, body: text.slice(end + 4, length) }, length };
}
