import { get } from 'node:http';
import type { Config } from '../../config.js';
import { AdminError } from '../../errors.js';
import { serverPolicy } from '../../policy.js';
import { defineCommand } from '../command.js';
import { runningOperator } from '../running-operator.js';

export const health = defineCommand({
  meta: {
    name: 'health',
    summary: 'asks the server that runs whether it answers: exit code 0 if it does, 1 if not',
    detail: 'It asks GET /healthz at the address and port of the settings; where the port is 0, at the admin socket.',
  },
  operands: {},
  options: {},
  settings: ['host', 'port', 'db', 'adminSocket'],
  async run({ configuration: { config } }, io) {
    const url = config.port === 0 ? await urlOfServer(config) : `http://${hostIn(config.host)}:${config.port}`;
    const status = await statusOf(`${url}/healthz`);
    if (status !== 200) throw new AdminError('no-answer', `${url}/healthz answers ${status}`);
    io.note(`${url} answers\n`);
    return 0;
  },
});

async function urlOfServer(config: Config): Promise<string> {
  const status = await (await runningOperator(config))?.status({});
  if (status?.server === undefined) throw new AdminError('no-answer', 'no server answers at the admin socket');
  return status.server.url;
}

/** One that listens everywhere is asked over loopback. */
function hostIn(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Not by fetch, which never settles where the connection is reset before it has sent. @throws AdminError `no-answer` */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(serverPolicy.healthMilliseconds);
    get(url, { agent: false, signal }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', ({ message, cause }) => {
      reject(new AdminError('no-answer', `${url}: ${cause instanceof Error ? cause.message : message}`));
    });
  });
}
