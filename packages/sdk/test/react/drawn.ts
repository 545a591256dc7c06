import './dom.js';
import { act, type ReactNode } from 'react';
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';
import { onTestFinished } from 'vitest';

export interface Drawn {
  readonly text: () => string;
  readonly draw: (node: ReactNode) => Promise<void>;
  readonly leave: () => Promise<void>;
  /** What React found wrong with what the server had drawn. */
  readonly mismatches: readonly unknown[];
}

/** Draws into a page of its own. @param html - what a server has drawn there before */
export async function drawn(node: ReactNode, html?: string): Promise<Drawn> {
  const container = document.createElement('div');
  const mismatches: unknown[] = [];
  let root: Root | undefined;
  await act(async () => {
    if (html === undefined) {
      root = createRoot(container);
      root.render(node);
    } else {
      container.innerHTML = html;
      root = hydrateRoot(container, node, { onRecoverableError: (error) => mismatches.push(error) });
    }
  });
  const leave = () => act(async () => root?.unmount());
  onTestFinished(leave);
  return {
    text: () => container.textContent ?? '',
    draw: (next) => act(async () => root?.render(next)),
    leave,
    mismatches,
  };
}
