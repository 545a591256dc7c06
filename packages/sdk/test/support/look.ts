import type { Snapshot } from '@dither/sdk';
import { type InspectedMessage, type Inspection, inspect } from '@dither/sdk/inspect';

/** What `inspect` says, and of the messages those that wait. */
export async function look(client: {
  snapshot(): Promise<Snapshot>;
}): Promise<Inspection & { readonly queued: readonly InspectedMessage[] }> {
  const inspection = await inspect(client);
  return { ...inspection, queued: inspection.messages.filter(({ state }) => state === 'waiting') };
}
