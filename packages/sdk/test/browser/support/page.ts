import type { Inspection } from '@dither/sdk/inspect';

/** The clock of the device, in every page and worker of the tests (`apps/device-time.ts`). */
export interface DeviceTime {
  sleep(milliseconds: number): Promise<void>;
  setClock(milliseconds: number): void;
  /** Waits in real time. */
  wait(milliseconds: number): Promise<void>;
}

/** The client of a page's app, as a program without types sees it. */
interface PageClient {
  record(id: string, value?: unknown): void;
  readonly consent: {
    readonly status: string;
    readonly isCurrent: boolean;
    grant(options?: { readonly despiteGpc?: boolean }): Promise<void>;
    withdraw(): Promise<void>;
  };
  readonly ready: Promise<void>;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

declare global {
  var deviceTime: DeviceTime;
  /** What a page's own script is to the tests. */
  var app: {
    readonly client: PageClient;
    /** As the app's own inspector shows it, in JSON: bytes in hexadecimal. */
    inspect(): Promise<Omit<Inspection, 'messages'> & { readonly messages: readonly ShownMessage[] }>;
  };
}

export interface ShownMessage {
  readonly id: string;
  readonly state: string;
  readonly tries: number;
  readonly due?: number;
  readonly bytes: string;
}
