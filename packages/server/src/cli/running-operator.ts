import { operatorAt } from '../admin/client.js';
import type { Operator } from '../admin/operations.js';
import { isAnswered } from '../admin/socket.js';
import type { Config } from '../config.js';

/** The operator of the server that runs; undefined if none answers at the socket. */
export async function runningOperator({ adminSocket }: Config): Promise<Operator | undefined> {
  if (adminSocket === false || !(await isAnswered(adminSocket))) return undefined;
  return operatorAt(adminSocket);
}
