import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

it('the example of a page "what is sent" is what the command writes', () => {
  const command = at('packages/protocol/bin/dither-registry.js');
  const registry = at('packages/sim/scenarios/browser.registry.json');
  const written = execFileSync(process.execPath, [command, 'describe', registry], { encoding: 'utf8' });
  expect(written).toBe(readFileSync(at('docs/what-is-sent-example.md'), 'utf8'));
});
