import { visible } from '../format.js';

/** A piece of HTML or SVG in which every text is text: made by `h` only. */
export interface Markup {
  readonly markup: string;
}

export type Child = string | Markup | undefined | readonly Child[];

/** Values of attributes; what is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element. Strings in it, which may come from files, are escaped; numbers are rounded to hundredths of a pixel. */
export function h(name: string, attributes: Attributes = {}, ...children: readonly Child[]): Markup {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined
      ? ''
      : ` ${key}="${typeof value === 'number' ? Math.round(value * 100) / 100 : escaped(value)}"`,
  );
  const start = `<${name}${written.join('')}>`;
  return { markup: VOID.has(name) ? start : `${start}${children.map(inner).join('')}</${name}>` };
}

const VOID: ReadonlySet<string> = new Set(['meta']);

function inner(child: Child): string {
  if (child === undefined) return '';
  if (typeof child === 'string') return escaped(child);
  return 'markup' in child ? child.markup : child.map(inner).join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return visible(text).replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
