import { loadRegistry } from '../node/load-registry.js';
import { registryToText } from '../registry/json.js';
import { type Command, EXIT } from './command.js';
import { deliver } from './output.js';

export const exportCommand: Command = {
  meta: {
    name: 'export',
    usage: 'export <file> [--out file]',
    summary: 'Write the canonical JSON: what the server reads and a reviewer diffs.',
  },
  args: { positionals: 1, options: { out: { type: 'string' } } },
  async run({ positionals: [file = ''], options }, { print }) {
    await deliver(registryToText(await loadRegistry(file)), options['out'], print);
    return EXIT.ok;
  },
};
