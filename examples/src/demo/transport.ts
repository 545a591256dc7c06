import { Agent, request } from 'node:http';
import type { Answer } from '@dither/sdk';

/** Carries a batch. */
export type Send = (url: string, body: Uint8Array) => Promise<Answer>;

/** Real HTTP to one server over kept-alive connections. */
export function httpSend(connections: number): { readonly send: Send; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send: Send = (url, body) =>
    new Promise((resolve, reject) => {
      const call = request(
        url,
        {
          agent,
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream', 'content-length': body.length },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              contentType: (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
              retryAfter: response.headers['retry-after'],
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** What happened to the uploads of one run. */
export interface UploadCounts {
  requests: number;
  /** The connection was cut before the batch was whole. */
  cutBefore: number;
  /** The batch arrived and was answered, and the answer was thrown away. */
  cutAfter: number;
  /** Receipts that said "counted before". */
  duplicates: number;
}

export function noUploads(): UploadCounts {
  return { requests: 0, cutBefore: 0, cutAfter: 0, duplicates: 0 };
}

/** How often an upload is cut, each way. */
const CUT = 0.03;

/** Cuts some uploads off on purpose: the client cannot tell whether they arrived, and must retry identical bytes. */
export function unreliable(send: Send, chance: () => number, counts: UploadCounts): Send {
  return async (url, body) => {
    counts.requests++;
    const luck = chance();
    if (luck < CUT) {
      counts.cutBefore++;
      throw new Error('cut before the batch arrived');
    }
    const answer = await send(url, body);
    if (luck < 2 * CUT) {
      counts.cutAfter++;
      throw new Error('cut before the answer arrived');
    }
    if (answer.body.includes('"duplicate":true')) counts.duplicates++;
    return answer;
  };
}
