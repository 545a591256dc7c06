import type { Platform, Storage } from '@dither/sdk';

/** What reaches the outside; what is written with it. */
export type Step = 'read' | 'write' | 'note' | 'send' | 'sent';

/** Asked before each step; it may throw, and then the step does not happen. A note waits for nobody. */
export type Gate = (step: Step, entry?: readonly [key: string, text: string | undefined]) => void | Promise<void>;

/** Storage that passes through `gate` entry by entry: a write of two may be cut between them. */
function gatedStorage(storage: Storage, gate: Gate): Storage {
  const { notes } = storage;
  return {
    ...storage,
    async read(keys) {
      await gate('read');
      return storage.read(keys);
    },
    async write(entries) {
      for (const entry of entries) {
        await gate('write', entry);
        await storage.write([entry]);
      }
    },
    ...(notes && {
      notes: {
        append(text) {
          void gate('note');
          notes.append(text);
        },
        async list() {
          await gate('read');
          return notes.list();
        },
        async remove(names) {
          for (const name of names) {
            await gate('write', [name, undefined]);
            await notes.remove([name]);
          }
        },
      },
    }),
  };
}

/** The same for a whole platform: `send` before a message leaves, `sent` before its answer arrives. */
export function gatedPlatform(platform: Platform, gate: Gate): Platform {
  return {
    ...platform,
    storage: gatedStorage(platform.storage, gate),
    async send(url, body) {
      await gate('send');
      const answer = await platform.send(url, body);
      await gate('sent');
      return answer;
    },
  };
}

export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Lets `steps` writes and sends pass; then the process is dead, and nothing of it passes any more. */
export function fuse(steps: number): {
  readonly gate: (step: Step) => void;
  readonly isBlown: () => boolean;
  readonly used: () => number;
} {
  let used = 0;
  let isBlown = false;
  return {
    gate(step) {
      if (!isBlown && step !== 'read' && used++ >= steps) isBlown = true;
      if (isBlown) throw new Killed();
    },
    isBlown: () => isBlown,
    used: () => used,
  };
}
