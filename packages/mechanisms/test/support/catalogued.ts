import type { FrequencyMechanism, IndexClient } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';

/** A mechanism for frequencies whose reports are each randomized afresh. */
export interface FreshMechanism extends FrequencyMechanism {
  readonly client: IndexClient;
}

function isFresh(mechanism: unknown): mechanism is FreshMechanism {
  const { answers, client } = mechanism as FrequencyMechanism;
  return answers === 'frequencies' && !('latch' in client);
}

/** Of the catalogue, by its id. */
export function freshMechanism(id: string): FreshMechanism {
  const mechanism = catalogue.get(id);
  if (!isFresh(mechanism)) throw new Error(`no mechanism ${id} of one stage for frequencies`);
  return mechanism;
}
