import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCHEMA } from '../src/storage/sqlite/schema.js';

describe('docs/data-model.md', () => {
  it('shows the tables as they are', () => {
    const page = readFileSync(new URL('../../../docs/data-model.md', import.meta.url), 'utf8');
    const shown = /```sql\n([\s\S]*?)\n```/.exec(page)?.[1];
    const tables = SCHEMA.slice(0, SCHEMA.indexOf('PRAGMA')).trim();
    expect(shown).toBe(tables);
  });
});
