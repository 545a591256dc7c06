import type { Declarations } from '@dither/protocol';
import type { Client, MetricId } from '../client.js';
import { collecting, listen, recorder } from './_collecting.js';
import { here, type Target } from './_scope.js';

export interface FeatureOptions {
  /** Attribute that names the metric, `data-dither` unless told. */
  readonly attribute?: string;
  /** Where clicks are heard; the document unless told. */
  readonly root?: Target;
}

interface Click {
  /** From the element clicked to the root, through open shadow roots. */
  composedPath(): readonly { getAttribute?(name: string): string | null }[];
}

/**
 * Records the metric that the attribute of the clicked element names, or of the nearest element around it.
 * @param ids - what may be recorded; an attribute with another value is passed over
 * @returns stops it
 *
 * @example
 * // <button data-dither="export-pdf">
 * collectFeatures(dither, ['export-pdf', 'dark-mode-toggle']);
 */
export function collectFeatures<D extends Declarations>(
  client: Client<D>,
  ids: readonly MetricId<D, 'boolean' | 'count'>[],
  { attribute = 'data-dither', root = here.document }: FeatureOptions = {},
): () => void {
  const record = recorder(client);
  const listed: ReadonlySet<string | null | undefined> = new Set(ids);
  return collecting((onStop) => {
    onStop(
      listen(root, 'click', (click: Click) => {
        const named = click.composedPath().map((element) => element.getAttribute?.(attribute));
        const id = named.find((name) => listed.has(name));
        record(id ?? undefined);
      }),
    );
  });
}
