/** Every relative link of the documentation leads to a file, and to a heading of it where it names one. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { documents, headings, withoutCode } from './lib/markdown.mjs';
import { refuseAny, step } from './lib/step.mjs';
import { root } from './lib/workspace.mjs';

/** The target of `[text](target)`, `![text](target)` and `[label]: target`. */
const LINK = /(?:\]\(\s*|^\[[^\]]+\]:\s*)<?([^\s)>]+)/gm;

await step(async () => {
  let count = 0;
  const failures = documents().flatMap((document) =>
    [...withoutCode(readFileSync(document, 'utf8')).matchAll(LINK)].flatMap(([, target = '']) => {
      if (/^[a-z][a-z+.-]*:/i.test(target)) return [];
      count++;
      const [path = '', fragment] = target.split('#');
      const file = path === '' ? document : join(dirname(document), decodeURIComponent(path));
      const place = relative(root, document);
      if (!existsSync(file)) return [`${place}: ${target} does not exist`];
      if (relative(root, file).startsWith('..')) return [`${place}: ${target} is outside the repository`];
      if (fragment === undefined || statSync(file).isDirectory() || !file.endsWith('.md')) return [];
      return headings(readFileSync(file, 'utf8')).has(fragment) ? [] : [`${place}: no heading for ${target}`];
    }),
  );
  refuseAny(failures);
  return `${count} relative links`;
});
