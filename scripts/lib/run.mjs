import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from './workspace.mjs';

/**
 * Runs a command to its end, its output kept rather than shown. Tools of the workspace are found by name.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, timeout?: number, env?: NodeJS.ProcessEnv }} [options] timeout in milliseconds; none unless told
 * @returns {Promise<{ code: number, output: string }>} standard output and error as they came; 1 also for a killed process
 */
export function run(command, args, { cwd = root, timeout, env = process.env } = {}) {
  const path = [join(root, 'node_modules', '.bin'), env['PATH']].join(delimiter);
  return new Promise((resolve) => {
    // A group of its own, so that the time limit also ends what the command has started.
    const detached = timeout !== undefined;
    const child = spawn(command, args, {
      cwd,
      detached,
      env: { ...env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = detached ? setTimeout(() => process.kill(-Number(child.pid), 'SIGKILL'), timeout) : undefined;
    child.on('error', (error) => keep(Buffer.from(`${error.message}\n`)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== null) keep(Buffer.from(`${command} was ended by ${signal}\n`));
      resolve({ code: code ?? 1, output });
    });
  });
}

/**
 * The same for a command that must succeed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, timeout?: number, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} its output
 * @throws {Error} that holds the output
 */
export async function mustRun(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${code}\n${output}`);
  return output;
}
