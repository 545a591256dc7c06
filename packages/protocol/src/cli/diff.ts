import { loadRegistry } from '../node/load-registry.js';
import { compareRegistries } from '../registry/compare.js';
import { renderComparison } from '../registry/comparison-text.js';
import { type Command, EXIT } from './command.js';

export const diffCommand: Command = {
  meta: {
    name: 'diff',
    usage: 'diff <old> <new> [--json]',
    summary:
      'Say what changes for a person, for the series of estimates, and whether devices must ask for consent again.',
  },
  args: { positionals: 2, options: { json: { type: 'boolean' } } },
  async run({ positionals: [before = '', after = ''], options }, { print }) {
    const comparison = compareRegistries(await loadRegistry(before), await loadRegistry(after));
    print(options['json'] === true ? `${JSON.stringify(comparison, null, 2)}\n` : renderComparison(comparison));
    return EXIT.ok;
  },
};
