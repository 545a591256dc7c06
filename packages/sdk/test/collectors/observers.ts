import type { Scope } from '../../src/collectors/_scope.js';

type Constructor = NonNullable<Scope['PerformanceObserver']>;
type Callback = ConstructorParameters<Constructor>[0];
type Entries = ReturnType<Parameters<Callback>[0]['getEntries']>;

interface Running {
  readonly options: unknown;
  isRunning: boolean;
  readonly see: (entries: Entries) => void;
}

/** A `PerformanceObserver` that sees what it is told. */
export function observers(
  supportedEntryTypes: readonly string[],
  check: () => void = () => undefined,
): { readonly PerformanceObserver: Constructor; readonly running: readonly Running[] } {
  const running: Running[] = [];
  class PerformanceObserver {
    static readonly supportedEntryTypes = supportedEntryTypes;
    #mine: Running | undefined;
    readonly #callback: Callback;
    constructor(callback: Callback) {
      this.#callback = callback;
    }
    observe(options: unknown): void {
      check();
      this.#mine = { options, isRunning: true, see: (entries) => this.#callback({ getEntries: () => entries }) };
      running.push(this.#mine);
    }
    disconnect(): void {
      if (this.#mine !== undefined) this.#mine.isRunning = false;
    }
  }
  return { PerformanceObserver, running };
}
