import { loadRegistry } from '../node/load-registry.js';
import { type Command, EXIT } from './command.js';
import { describeRegistry } from './describe-registry.js';
import { deliver } from './output.js';
import { toHtml } from './page-html.js';
import { toMarkdown } from './page-markdown.js';

export const describeCommand: Command = {
  meta: {
    name: 'describe',
    usage: 'describe <file> [--html] [--out file]',
    summary: 'Write the page "what is sent" for the people whose devices report, as Markdown or HTML.',
  },
  args: { positionals: 1, options: { out: { type: 'string' }, html: { type: 'boolean' } } },
  async run({ positionals: [file = ''], options }, { print }) {
    const page = describeRegistry(await loadRegistry(file));
    await deliver(options['html'] === true ? toHtml(page) : toMarkdown(page), options['out'], print);
    return EXIT.ok;
  },
};
