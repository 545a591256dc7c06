import { h, type Markup } from '../markup.js';

/** What a chart draws: pieces inside a box as wide as its size. */
export interface Drawing {
  readonly height: number;
  readonly content: readonly (Markup | undefined)[];
}

/** A drawing as a picture with a name, and a description for those who do not see it. */
export function picture(
  { height, content }: Drawing,
  {
    id,
    name,
    width,
    title,
    description,
  }: { id: string; name: string; width: number; title: string; description: string },
): Markup {
  return h(
    'svg',
    {
      class: name,
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      width,
      height: Math.ceil(height),
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-desc`,
    },
    h('title', { id: `${id}-title` }, title),
    h('desc', { id: `${id}-desc` }, description),
    content,
  );
}
