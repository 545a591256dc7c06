import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LOG_DAYS, MAX_LOG_LENGTH } from '../src/policy.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

const readme = read('../README.md');

it('the README explains each reason for a drop, and no other', () => {
  const declared = [...read('../src/diagnostics.ts').matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, reason]) => reason);
  const table = readme.split('## What did not leave')[1]?.split('\n## ')[0] ?? '';
  const explained = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason);
  expect(declared.length).toBeGreaterThan(10);
  expect(explained).toEqual(declared);
});

it('each example of the README is run or type-checked', () => {
  const lines = readme.split('\n');
  const fences = lines.flatMap((line, i) => (/^```\w/.test(line) ? [lines[i - 1]] : []));
  expect(fences.length).toBeGreaterThan(10);
  for (const before of fences) expect(before).toMatch(/^<!-- (run|check|continue)( webworker)? -->$/);
});

it('the README names every state of a message, and how long it is kept', () => {
  const [, union = ''] = /readonly state: ([^;]+);/.exec(read('../src/inspect.ts')) ?? [];
  const [, row = ''] = /^\| `messages` \|(.*)$/m.exec(readme) ?? [];
  const states = [...union.matchAll(/'([a-z-]+)'/g)].map(([, state]) => `\`${state}\``);
  expect(states).toHaveLength(4);
  for (const state of states) expect(row).toContain(state);
  expect(row).toContain(`${LOG_DAYS} days`);
  expect(row).toContain(`${MAX_LOG_LENGTH / 1024} KiB`);
});
