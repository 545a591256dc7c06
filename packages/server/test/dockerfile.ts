import { readFileSync } from 'node:fs';

interface Instruction {
  readonly name: string;
  /** In one line. */
  readonly text: string;
}

/** The instructions of a Dockerfile, in order. */
export function instructionsOf(path: string): readonly Instruction[] {
  const lines = readFileSync(path, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [, name = '', text = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      return { name, text };
    });
}
