import type { Registry } from '@dither/protocol';
import { type Access, openAccess } from './access/access.js';
import { type Clock, steadyClock, systemClock } from './clock.js';
import { createEstimateThread, type EstimateThread } from './estimates/thread/thread.js';
import { type Batcher, createBatcher } from './ingest/batcher.js';
import { openRegistries, type Registries } from './ingest/registries.js';
import type { Storage } from './storage/storage.js';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.js';

export interface ServicesOptions {
  /** The registries of today, if any. Those of earlier starts are in the storage, and stay readable. */
  readonly registries: readonly Registry[];
  readonly storage: Storage;
  readonly clock?: Clock;
  /** That of the storage; opened unless told. */
  readonly access?: Access;
  /**
   * Called once when this process cannot know what is on disk. It must stop: the restart reads the truth from there.
   * Unless told, the error is thrown where nothing catches it.
   */
  readonly onFatal?: (error: Error) => void;
}

/** What the public side and the operator's side of one server share. */
export interface Services {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly registries: Registries;
  readonly access: Access;
  readonly batcher: Batcher;
  readonly telemetry: Telemetry;
  readonly thread: EstimateThread;
  /** Stores what is queued, and takes nothing more. The storage stays open. May be called again. */
  close(): Promise<void>;
}

/** @throws StorageError */
export async function openServices(options: ServicesOptions): Promise<Services> {
  const { storage, onFatal = throwUncaught } = options;
  const clock = steadyClock(options.clock ?? systemClock, storage.newestDay);
  const registries = await openRegistries(options.registries, storage, clock);
  const access = options.access ?? (await openAccess(storage, clock));
  const pendingBytes = () => batcher.pendingBytes;
  const telemetry = createTelemetry({ usage: () => storage.usage(), pendingBytes, clock });
  const batcher: Batcher = createBatcher(telemetry.watched(storage), { onFatal });
  const thread = createEstimateThread();
  return {
    storage,
    clock,
    registries,
    access,
    batcher,
    telemetry,
    thread,
    async close() {
      await thread.close();
      await batcher.close();
      telemetry.close();
    },
  };
}

function throwUncaught(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
