import { formatDay, MAX_SWITCH_OFF_LENGTH, type SwitchOff, writeSwitchOff } from '@dither/protocol';
import { type Clock, today } from '../clock.js';
import { SwitchOffError } from '../errors.js';
import type { Registries } from '../ingest/registries.js';
import { serverPolicy } from '../policy.js';

/** What an operator asks of every device of one app. */
export interface SwitchOffDocument extends SwitchOff {
  readonly app: string;
  /** What an error calls it, such as its file; its app unless told. */
  readonly source?: string;
}

/** @throws SwitchOffError at the first document that cannot be served as it was meant */
export function checkSwitchOffs(
  documents: readonly SwitchOffDocument[],
  registries: Pick<Registries, 'ids'>,
  clock: Clock,
): void {
  const apps = new Set<string>();
  for (const document of documents) {
    const { app, source = app } = document;
    if (apps.has(app)) throw new SwitchOffError('switch-off-repeated', source, `${app} has another document already`);
    apps.add(app);
    checkNames(document, source, registries.ids(app));
    checkUntil(document, source, today(clock));
    if (writeSwitchOff(app, document).length > MAX_SWITCH_OFF_LENGTH) {
      throw new SwitchOffError('switch-off-invalid', source, `it has at most ${MAX_SWITCH_OFF_LENGTH} characters`);
    }
  }
}

/** Of documents that were in order once, those that can be served now; and why the others cannot. */
export function stillHolding(
  documents: readonly SwitchOffDocument[],
  registries: Pick<Registries, 'ids'>,
  clock: Clock,
): { readonly held: readonly SwitchOffDocument[]; readonly dropped: readonly SwitchOffError[] } {
  const held: SwitchOffDocument[] = [];
  const dropped: SwitchOffError[] = [];
  for (const document of documents) {
    try {
      checkSwitchOffs([...held, document], registries, clock);
      held.push(document);
    } catch (error) {
      if (!(error instanceof SwitchOffError)) throw error;
      dropped.push(error);
    }
  }
  return { held, dropped };
}

/** A name that is misspelt would switch off nothing, and nobody would notice. */
function checkNames({ app, off }: SwitchOffDocument, source: string, ids: ReadonlySet<string> | undefined): void {
  if (ids === undefined) {
    throw new SwitchOffError('switch-off-unknown-app', source, `no registry served here is of ${JSON.stringify(app)}`);
  }
  const unknown = off.find((id) => !ids.has(id));
  if (unknown !== undefined) {
    throw new SwitchOffError('switch-off-unknown-metric', source, `${app} has no metric ${JSON.stringify(unknown)}`);
  }
}

function checkUntil({ until }: SwitchOffDocument, source: string, now: number): void {
  const [first, last] = [now + 1, now + serverPolicy.switchOffDays];
  if (Number.isInteger(until) && until >= first && until <= last) return;
  const range = `${first} (${formatDay(first)}) to ${last} (${formatDay(last)})`;
  throw new SwitchOffError('switch-off-out-of-range', source, `until, the first day without it, is from ${range}`);
}
