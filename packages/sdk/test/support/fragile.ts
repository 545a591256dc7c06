import type { Platform, Storage } from '@dither/sdk';

/** What touches the outside: asked before each, and told which; it may throw, and then it does not happen. */
export type Gate = (step: 'read' | 'write' | 'note' | 'send' | 'sent') => void;

/** Storage that passes through `gate` entry by entry: a write of two may be cut between them. */
function gatedStorage(storage: Storage, gate: Gate): Storage {
  const { notes } = storage;
  return {
    ...storage,
    async read(keys) {
      gate('read');
      return storage.read(keys);
    },
    async write(entries) {
      for (const entry of entries) {
        gate('write');
        await storage.write([entry]);
      }
    },
    ...(notes && {
      notes: {
        append(text) {
          gate('note');
          notes.append(text);
        },
        async list() {
          gate('read');
          return notes.list();
        },
        async remove(names) {
          for (const name of names) {
            gate('write');
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
      gate('send');
      const answer = await platform.send(url, body);
      gate('sent');
      return answer;
    },
  };
}

export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Lets `steps` writes and sends pass; then the process is dead, and nothing of it passes any more. */
export function fuse(steps: number): {
  readonly gate: Gate;
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
