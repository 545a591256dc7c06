/**
 * `docs/api.md`: what each public subpath of `@dither/sdk` exports, from the declarations that the compiler writes and their
 * docstrings.
 *
 *     node scripts/api-docs.mjs --write     writes it
 *     node scripts/api-docs.mjs             fails if it is not what would be written
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exportsOf, lookUp, moduleAt, typesOf } from './lib/declarations.mjs';
import { refuseAny, step } from './lib/step.mjs';
import { packages, root } from './lib/workspace.mjs';

/** @typedef {import('./lib/declarations.mjs').Declaration} Declaration */

const PAGE = join(root, 'docs', 'api.md');

/** Types of other modules that a reader needs to write a call down. */
const NEEDED = /(?:Options|Bound|Budget|Drops|Latch|Mapped|CategoryOf|Staged)$/;

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });

await step(async () => {
  const sdk = packages().find(({ manifest }) => manifest.name === '@dither/sdk');
  if (sdk === undefined) throw new Error('there is no SDK');
  const { directory, manifest } = sdk;
  const subpaths = Object.entries(manifest.exports).map(([path, target]) => ({
    specifier: `${manifest.name}${path.slice(1)}`,
    file: join(directory, typesOf(target)),
  }));
  const text = page(subpaths);
  if (values.write) writeFileSync(PAGE, text);
  else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== text) {
    refuseAny(['docs/api.md is not what node scripts/api-docs.mjs --write makes']);
  }
  return `${subpaths.length} subpaths`;
});

/** @param {readonly { specifier: string, file: string }[]} subpaths */
function page(subpaths) {
  const contents = subpaths.map(({ specifier, file }) => {
    const names = exportsOf(file).map(({ name }) => `\`${name}\``);
    return `| [\`${specifier}\`](#${specifier.toLowerCase().replace(/[^a-z0-9_-]/g, '')}) | ${names.join(' ')} |`;
  });
  return `# API of @dither/sdk

<!-- Written by \`node scripts/api-docs.mjs --write\` from the declarations and docstrings; \`pnpm check\` compares. -->

How to use it: [the package](../packages/sdk/README.md). A section ends with the types that its declarations name and that cannot be imported from it.

| import from | what |
| --- | --- |
${contents.join('\n')}

${subpaths.map(section).join('\n')}`;
}

/** @param {{ specifier: string, file: string }} subpath */
function section({ specifier, file }) {
  const exported = exportsOf(file);
  const { doc, reexports } = moduleAt(file);
  // The parts of mechanisms have pages of their own.
  const mechanisms = reexports.flatMap(({ as, from }) => {
    const [, id] = /^@dither\/mechanisms\/(.+)$/.exec(from) ?? [];
    return id === undefined ? [] : [`[\`${as}\`](mechanisms/${id}.md)`];
  });
  const body =
    mechanisms.length > 0
      ? `${doc}\n\n${mechanisms.join(', ')}.\n`
      : [...exported.map(entry), ...partsOf(exported.map(({ declaration }) => declaration))].join('\n');
  return `## \`${specifier}\`\n\n${body}`;
}

/** @param {import('./lib/declarations.mjs').Exported} exported */
function entry({ name, declaration }) {
  const alias = name === declaration.name ? '' : `In the declarations \`${declaration.name}\`.\n\n`;
  return `### \`${name}\`\n\n${prose(declaration.doc)}${alias}${block(declaration.text)}`;
}

/** @param {string} code */
function block(code) {
  return `\`\`\`ts\n${code}\n\`\`\`\n`;
}

/**
 * What declarations are made of that has no entry of its own: types beside them, what they extend, and what is needed.
 *
 * @param {readonly Declaration[]} listed
 * @returns {string[]}
 */
function partsOf(listed) {
  const parts = new Set(listed);
  for (const { file, text } of parts) {
    const module = moduleAt(file);
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
    const [, base = ''] = /^interface \w+(?:<[^{]*?>)? extends ([^{]*)\{/s.exec(code) ?? [];
    for (const [word] of code.matchAll(/\b[A-Z]\w*/g)) {
      const isBeside = module.declarations.has(word) && !module.exported.has(word);
      const isBase = new RegExp(`\\b${word}\\b`).test(base);
      const part = isBeside || isBase || NEEDED.test(word) ? lookUp(module, word) : undefined;
      // Those added are looked through in their turn.
      if (part !== undefined) parts.add(part);
    }
  }
  const found = [...parts].slice(listed.length);
  if (found.length === 0) return [];
  const texts = found.map(({ doc, text }) => (doc === '' ? text : `${commented(doc)}\n${text}`));
  return [`### Named above\n\n${block(texts.join('\n\n'))}`];
}

/** @param {string} doc */
function commented(doc) {
  return doc.includes('\n') ? `/**\n * ${doc.replaceAll('\n', '\n * ')}\n */` : `/** ${doc} */`;
}

/** A docstring as Markdown. @param {string} doc */
function prose(doc) {
  const [text = '', ...tags] = doc.split(/^(?=@)/m);
  const parts = tags.map((tag) => {
    const [, name = '', rest = ''] = /^@(\w+)\s*([\s\S]*)$/.exec(tag.trim()) ?? [];
    if (name === 'example') return `\n${block(rest)}\n`;
    if (name === 'param') return `- ${rest.replace(/^([\w.[\]]+)\s*-?\s*/, '`$1`: ')}\n`;
    return `- ${name === 'returns' ? 'Returns' : 'Throws'}: ${rest}\n`;
  });
  const all = `${text.trim()}\n\n${parts.join('')}`.replace(/\n{3,}/g, '\n\n').trim();
  return all === '' ? '' : `${all}\n\n`;
}
