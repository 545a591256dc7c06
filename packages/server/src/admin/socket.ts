import { existsSync, lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { AdminError } from '../errors.js';

/** Whether a server listens at the socket. @throws AdminError `socket-forbidden` */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EACCES' || code === 'EPERM') {
        reject(new AdminError('socket-forbidden', `${path}: run this as the user whose server it is`));
      } else resolve(false);
    });
  });
}

/**
 * Makes room for a socket: takes away one that a process left behind, at which nobody answers.
 * @throws AdminError `socket-taken`, `socket-forbidden`, `socket-unreachable`
 */
export async function clearSocket(path: string): Promise<void> {
  // A named pipe of Windows is no file, and goes with its process.
  if (process.platform === 'win32') return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  // The system would say that it is forbidden.
  if (!existsSync(dirname(path))) throw new AdminError('socket-unreachable', `${path}: there is no such folder`);
  if (found === undefined) return;
  if (!found.isSocket()) throw new AdminError('socket-taken', `${path} is no socket; it is left as it is`);
  if (await isAnswered(path)) throw new AdminError('socket-taken', `another server listens at ${path}`);
  rmSync(path, { force: true });
}
