import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Item {
  readonly text: string;
  readonly isDone: boolean;
}

const pathIn = (home: string): string => join(home, 'list.json');

async function read(home: string): Promise<readonly Item[]> {
  const text = await readFile(pathIn(home), 'utf8').catch(() => '[]');
  return JSON.parse(text) as readonly Item[];
}

async function write(home: string, items: readonly Item[]): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(pathIn(home), JSON.stringify(items));
}

export async function addItem(home: string, text: string): Promise<void> {
  await write(home, [...(await read(home)), { text, isDone: false }]);
}

export async function finishItem(home: string, number: number): Promise<void> {
  const items = await read(home);
  await write(
    home,
    items.map((item, i) => (i === number - 1 ? { ...item, isDone: true } : item)),
  );
}

export async function listItems(home: string): Promise<string> {
  const items = await read(home);
  return items.map(({ text, isDone }, i) => `${i + 1}. [${isDone ? 'x' : ' '}] ${text}`).join('\n');
}

/** Trusts the file, and crashes if an entry has no text: so that there is a crash to look at. */
export async function importItems(home: string, file: string): Promise<void> {
  const imported = JSON.parse(await readFile(file, 'utf8')) as readonly Item[];
  await write(home, [...(await read(home)), ...imported.map(trimmed)]);
}

function trimmed(item: Item): Item {
  return { text: item.text.trim(), isDone: item.isDone === true };
}
