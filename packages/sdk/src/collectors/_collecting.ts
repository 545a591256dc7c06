import type { Declarations } from '@dither/protocol';
import type { Client } from '../client.js';
import type { Target } from './_scope.js';

/** Runs what the runtime may make fail. */
export function quietly(task: () => void): void {
  try {
    task();
  } catch {
    // Something is not measured; that must not reach the app.
  }
}

/**
 * The shape of every collector.
 * @param begin - starts it; what it passes to `onStop` undoes a part of that
 * @returns stops it
 */
export function collecting(begin: (onStop: (undo: () => void) => void) => void): () => void {
  const undoing: (() => void)[] = [];
  quietly(() => begin((undo) => undoing.push(undo)));
  return () => {
    for (const undo of undoing.splice(0)) quietly(undo);
  };
}

/** Records where the app named a metric. Id and kind were checked by the compiler where it did. */
export function recorder<D extends Declarations>(client: Client<D>): (id: string | undefined, value?: unknown) => void {
  const untyped = client as unknown as { record(id: string, value?: unknown): void };
  return (id, value) => {
    if (id !== undefined) untyped.record(id, value);
  };
}

/** An object: Node looks for nothing else when it removes a listener. */
const CAPTURE = { capture: true };

/** Listens ahead of the app's own listeners, which may end an event. @returns stops listening */
export function listen<Event>(target: Target | undefined, type: string, listener: (event: Event) => void): () => void {
  const quiet = (event: Event): void => quietly(() => listener(event));
  target?.addEventListener?.(type, quiet, CAPTURE);
  return () => target?.removeEventListener?.(type, quiet, CAPTURE);
}
