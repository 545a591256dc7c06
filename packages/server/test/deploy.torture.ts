import { spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { instructionsOf } from './dockerfile.js';
import { registry, temporaryFolder } from './fixture.js';
import { registryFile } from './server-process.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const IGNORED = /^(\.git|node_modules|dist|coverage|.*\.(tsbuildinfo|tgz))$|\.db/;

/** The user of the image, where this process may become another; root would be stopped by no permission. */
const user = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};

function finished(command: string, args: readonly string[], options: Parameters<typeof spawn>[2]) {
  return new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout?.on('data', (text) => {
      output += text;
    });
    child.stderr?.on('data', (text) => {
      errors += text;
    });
    child.on('close', (code) => resolve({ code, output, errors }));
  });
}

/** Does outside of Docker what the first stage of the Dockerfile does. */
async function build(source: string, app: string): Promise<void> {
  const instructions = instructionsOf(join(ROOT, 'deploy/Dockerfile'));
  const [, second] = [...instructions.keys()].filter((i) => instructions[i]?.name === 'FROM');
  for (const { name, text } of instructions.slice(0, second)) {
    if (name === 'COPY') {
      for (const file of text.split(' ').slice(0, -1)) {
        cpSync(join(ROOT, file), join(source, file), {
          recursive: true,
          filter: (path) => !IGNORED.test(basename(path)),
        });
      }
    }
    if (name === 'RUN') {
      const { code, output, errors } = await finished('sh', ['-ec', text.replaceAll('/app', app)], { cwd: source });
      expect({ text, code, output, errors }).toMatchObject({ code: 0 });
    }
  }
}

/** Everything in a folder, as it is. */
function listing(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => {
    const { mode, size, mtimeMs } = statSync(join(folder, path));
    return `${path} ${mode} ${size} ${mtimeMs}`;
  });
}

it('builds the image and serves from it, as its user, out of a folder that nobody may write to', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const [source, app, data] = [join(folder, 'source'), join(folder, 'app'), join(folder, 'data')];
  for (const path of [source, data]) mkdirSync(path);
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid);
  await build(source, app);
  for (const path of readdirSync(app, { recursive: true, encoding: 'utf8' })) {
    const { mode } = statSync(join(app, path));
    chmodSync(join(app, path), mode & 0o555);
  }
  const before = listing(app);

  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    DITHER_DB: join(data, 'dither.db'),
    DITHER_PORT: '0',
  };
  const options = { cwd: data, env, ...user };
  const program = join(app, 'bin/dither-server.js');
  const server = spawn(process.execPath, [program, 'serve'], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      const found = /listens on (http:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const command = async (...words: readonly string[]) => {
    const { code, output, errors } = await finished(process.execPath, [program, ...words], options);
    expect({ words, code, errors }).toMatchObject({ code: 0 });
    return output;
  };
  await command('health');
  await command('registry', 'add', registryFile(folder, registry));
  const secret = (await command('token', 'create', 'test')).trim();
  const answer = await fetch(`${url}/v1/metrics`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await answer.json()) as object).toMatchObject({ metrics: [{ app: registry.app }, {}, {}, {}] });
  await command('backup', join(data, 'backup.db'));
  const ended = new Promise((resolve) => server.on('exit', resolve));
  server.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(listing(app)).toEqual(before);
  expect(readdirSync(data).sort()).toEqual(['backup.db', 'dither.db']);
});
