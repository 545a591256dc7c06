import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the README explains each reason for a drop, and no other', () => {
  const declared = [...read('../src/diagnostics.ts').matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, reason]) => reason);
  const table = read('../README.md').split('## What did not leave')[1]?.split('\n## ')[0] ?? '';
  const explained = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason);
  expect(declared.length).toBeGreaterThan(10);
  expect(explained).toEqual(declared);
});
