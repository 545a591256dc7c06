import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import { RegistryFileError } from '../node/errors.js';
import { loadNamedRegistry } from '../node/load-registry.js';
import { type Args, type Command, EXIT, UsageError } from './command.js';
import { write } from './output.js';
import { resolvedModule } from './resolved-module.js';

export const resolveCommand: Command = {
  meta: {
    name: 'resolve',
    usage: 'resolve <file> --out file [--check]',
    summary: 'Write the module an app ships, with every figure worked out; with --check, fail if the file is stale.',
  },
  args: { positionals: 1, options: { out: { type: 'string' }, check: { type: 'boolean' } } },
  async run({ positionals: [file = ''], options }) {
    const out = outOf(options, file);
    const { registry, exportName } = await loadNamedRegistry(file);
    const source = pathBetween(out, file);
    const text = resolvedModule(registry, {
      language: /\.m?ts$/.test(out) ? 'ts' : 'js',
      source,
      declared: exportName === undefined ? undefined : { module: compiled(source), name: exportName },
    });
    if (options['check'] !== true) await write(out, text);
    else if ((await read(out)) !== text) {
      const remedy = `is not what ${file} resolves to: run dither-registry resolve ${file} --out ${out}`;
      throw new RegistryFileError('resolved-stale', out, remedy);
    }
    return EXIT.ok;
  },
};

/** @throws UsageError */
function outOf({ out }: Args['options'], file: string): string {
  if (typeof out !== 'string' || !['.ts', '.mts', '.js', '.mjs'].includes(extname(out))) {
    throw new UsageError('--out names a file .ts, .mts, .js or .mjs');
  }
  if (resolve(out) === resolve(file)) throw new UsageError('--out is another file than the declaration');
  return out;
}

/** How a module at `from` names the file `to`, on every system. */
function pathBetween(from: string, to: string): string {
  const folder = relative(dirname(resolve(from)), dirname(resolve(to)));
  const path = [...folder.split(sep), basename(to)].filter((part) => part !== '').join('/');
  return path.startsWith('../') ? path : `./${path}`;
}

/** What a TypeScript file is imported as. */
function compiled(path: string): string {
  return path.replace(/\.(m?)ts$/, '.$1js');
}

/** Line ends are git's to choose. A file that is not there is stale as well. */
async function read(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.replaceAll('\r\n', '\n');
}
