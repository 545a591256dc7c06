import type { WordSource } from '@dither/mechanisms';

/**
 * Everything the SDK needs from where it runs. The rest of the package touches no global: an entry file chooses one
 * of the implementations beside this file, or an app brings its own.
 */
export interface Platform {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Secure randomness; a seeded one exists in `@dither/sdk/testing` alone. */
  readonly source: WordSource;
  /** Runs `task` once after `delay` milliseconds; the returned function cancels. Never keeps a process alive. */
  schedule(delay: number, task: () => Promise<void>): () => void;
  /** Sends one batch, with the app's write key if it has one. Rejects when no answer came. */
  send(url: string, body: Uint8Array, writeKey?: string): Promise<Answer>;
  /** Fetches a public document, without credentials; what has none knows no switch-off. Rejects when no answer came. */
  get?(url: string): Promise<Answer>;
  /** Calls `listener` whenever the app is hidden or closed: it may be the last that runs. */
  onHide?(listener: () => void): () => void;
  /** Tells a developer something; what has none tells nothing. */
  debug?(...parts: readonly unknown[]): void;
  /**
   * How many periods of each metric, by its id, this process has closed: lives exactly as long as the process, whatever
   * clients of the app it creates and stops.
   */
  readonly closings: Map<string, number>;
  /** True if the person asked sites not to share their data (Global Privacy Control). */
  readonly globalPrivacyControl?: boolean | undefined;
}

/** Small texts by key, of one storage origin: what defines an installation. */
export interface Storage {
  /** Whether a write survives a power cut once it has resolved. Without that nothing is recorded or sent. */
  readonly isDurable: boolean;
  /** One text per key, undefined where there is none. */
  read<K extends string>(keys: readonly K[]): Promise<{ readonly [key in K]: string | undefined }>;
  /**
   * Writes entries in the order given; undefined removes. Each entry is written whole or not at all, none before
   * those ahead of it, and all are durable when the promise resolves.
   */
  write(entries: readonly (readonly [key: string, text: string | undefined])[]): Promise<void>;
  /** Runs `task` while no other tab or process of this origin runs one under the same name. */
  lock<T>(name: string, task: () => Promise<T>): Promise<T>;
  /**
   * Notes that survive a crash in the same instant, where that can be had: `append` returns when the note is
   * durable, without waiting for a lock. Each note has its own name.
   */
  readonly notes?: Notes | undefined;
}

export interface Notes {
  append(text: string): void;
  /** Each by its name, in the order in which they were appended. */
  list(): Promise<readonly (readonly [name: string, text: string])[]>;
  remove(names: readonly string[]): Promise<void>;
}

export interface Clock {
  /** Milliseconds since 1970 by the device's clock, which may jump. */
  wall(): number;
  /** Milliseconds since this process, or page, began; never backwards. */
  monotonic(): number;
}

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  /** Without parameters, lower case; '' if there was none. */
  readonly contentType: string;
  /** The Retry-After header as it came. */
  readonly retryAfter?: string | undefined;
  readonly body: string;
}
