import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Telemetry } from './telemetry.js';

/** What fell due while no command ran leaves at a random moment of the first minute; then an answer must come. */
const WAIT = 75_000;

/**
 * A command is over long before that. So the first one of each day leaves a process behind that waits, sends what is due
 * and ends: whatever was recorded, and only with consent.
 */
export async function leaveSender(home: string, dither: Telemetry): Promise<void> {
  if (dither.consent.status !== 'granted') return;
  const mark = join(home, 'sent.txt');
  const today = new Date().toISOString().slice(0, 10);
  if ((await readFile(mark, 'utf8').catch(() => '')) === today) return;
  await writeFile(mark, today);
  const script = fileURLToPath(import.meta.url);
  spawn(process.execPath, [script, 'send'], { detached: true, stdio: 'ignore' }).unref();
}

/** The command that it runs. */
export async function send(): Promise<void> {
  // The client's own timers keep no process alive.
  await new Promise((resolve) => setTimeout(resolve, WAIT));
}
