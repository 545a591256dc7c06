import { inspect as inspectClient, toJson } from '@dither/sdk/inspect';

/** What an app's inspector shows, as plain data. */
export async function inspect(client: Parameters<typeof inspectClient>[0]): Promise<unknown> {
  return JSON.parse(toJson(await inspectClient(client)));
}
