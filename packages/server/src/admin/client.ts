import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { AdminError } from '../errors.js';
import { type AdminFailure, type OperationName, type Operator, operations } from './operations.js';

/** The operator of the server that listens at the socket. */
export function operatorAt(path: string): Operator {
  const names = Object.keys(operations) as OperationName[];
  return Object.fromEntries(names.map((name) => [name, (given: unknown) => call(path, name, given)])) as Operator;
}

/** @throws AdminError `no-answer`, or with the code and message of what the server met */
async function call(path: string, name: OperationName, given: unknown): Promise<unknown> {
  const { status, body } = await post(path, name, JSON.stringify(given));
  if (status === 200) return JSON.parse(body) as unknown;
  const { code, message } = JSON.parse(body) as AdminFailure;
  throw new AdminError(code, message);
}

function post(path: string, name: OperationName, body: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const lost = () =>
      reject(new AdminError('no-answer', `the server at ${path} ended before it answered; see its log`));
    const headers = { 'content-type': 'application/json' };
    request({ socketPath: path, method: 'POST', path: `/${name}`, headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode, body: answer }), lost);
    })
      .on('error', lost)
      .end(body);
  });
}
