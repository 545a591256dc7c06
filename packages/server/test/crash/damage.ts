import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@dither/server';
import { expect, onTestFinished } from 'vitest';
import { today } from '../../src/clock.js';
import { temporaryFolder } from '../fixture.js';
import { keepAlive } from '../support/keep-alive.js';
import { type Random, randomFrom } from '../support/random.js';
import { countersOf, type MadeBatch } from './batches.js';
import { countersIn } from './exact.js';
import { startLoad } from './load.js';
import { startProcess } from './server-process.js';
import { supervise } from './supervised.js';

/** A folder with the files a server has left, and the batches they hold. */
export interface Left {
  readonly folder: string;
  readonly batches: readonly MadeBatch[];
}

/** @param signal - SIGTERM leaves one file, SIGKILL its write-ahead log beside it */
export async function leftBy(signal: 'SIGTERM' | 'SIGKILL', seed: string): Promise<Left> {
  const folder = temporaryFolder();
  const server = supervise({ folder });
  const load = startLoad({ port: server.port, random: randomFrom(seed), day: today(systemClock), clients: 8 });
  await server.port();
  await sleep(300);
  await load.finish();
  server.current.kill(signal);
  await server.current.ended;
  return { folder, batches: load.acknowledged };
}

/** Another folder with the same files. */
export function copyOf(folder: string): string {
  const copy = temporaryFolder();
  for (const name of files(folder)) copyFileSync(join(folder, name), join(copy, name));
  return copy;
}

export function changeFile(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

/** Sets 1 to 8 bytes, anywhere in the file, to something else. */
export function flipBytes(bytes: Buffer, random: Random): void {
  for (let times = 1 + random.int(8); times > 0; times--) {
    const at = random.int(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 + random.int(255));
  }
}

/**
 * Starts a server over files that are not as they were. Either it says why it does not, and leaves them as they are, or it
 * serves exactly what they held, and knows every batch.
 * @returns what it wrote if it did not start
 */
export async function refusesOrIsExact({ folder, batches }: Left): Promise<string | undefined> {
  const before = digests(folder);
  const server = startProcess({ folder });
  onTestFinished(() => server.kill('SIGKILL'));
  const started = await server.port.catch(() => undefined);
  if (started === undefined) {
    const { code, text } = await server.ended;
    expect({ code, text }).toEqual({ code: 1, text: expect.stringMatching(/storage-(corrupt|newer|foreign)/) });
    expect(text).not.toMatch(/\n\s+at /);
    expect(digests(folder)).toEqual(before);
    return text;
  }
  const connection = keepAlive();
  for (const { bytes } of batches) {
    expect(JSON.parse((await connection.post(started, bytes)).body)).toMatchObject({ duplicate: true });
  }
  connection.close();
  server.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0 });
  expect(await countersIn(folder)).toEqual(countersOf(batches));
  return undefined;
}

/** By name, of the files that hold what was counted. */
function digests(folder: string): { readonly [name: string]: string } {
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(files(folder).map((name) => [name, digest(name)]));
}

function files(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name === 'a.db' || name === 'a.db-wal');
}
