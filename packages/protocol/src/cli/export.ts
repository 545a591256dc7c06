import { writeFile } from 'node:fs/promises';
import { messageOf, RegistryFileError } from '../node/errors.js';
import { loadRegistry } from '../node/load-registry.js';
import { registryToText } from '../registry/json.js';
import { type Command, EXIT } from './command.js';

export const exportCommand: Command = {
  meta: {
    name: 'export',
    usage: 'export <file> [--out file]',
    summary: 'Write the canonical JSON: what the server reads and a reviewer diffs.',
  },
  args: { positionals: 1, options: { out: { type: 'string' } } },
  async run({ positionals: [file = ''], options }, { print }) {
    const text = registryToText(await loadRegistry(file));
    const out = options['out'];
    if (typeof out !== 'string') {
      print(text);
      return EXIT.ok;
    }
    try {
      await writeFile(out, text);
    } catch (error) {
      throw new RegistryFileError('file-unwritable', out, messageOf(error), { cause: error });
    }
    return EXIT.ok;
  },
};
