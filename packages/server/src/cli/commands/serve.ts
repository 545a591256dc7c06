import { setTimeout as sleep } from 'node:timers/promises';
import { settingNames } from '../../config.js';
import type { SwitchOffError } from '../../errors.js';
import { serverPolicy } from '../../policy.js';
import { readRegistries } from '../../registry-files.js';
import type { RestoreSummary } from '../../storage/sqlite/backup.js';
import { readSwitchOffs } from '../../switch-off/read-switch-offs.js';
import { defineCommand, type ExitCode, type Io } from '../command.js';
import { openServing, type ServingOptions } from '../serving.js';
import { deferred, readSignals } from '../signals.js';

export const serve = defineCommand({
  meta: {
    name: 'serve',
    summary: 'serves, until SIGTERM or SIGINT',
    detail:
      'It then takes no more requests, answers those it has, and ends: 0 if all was stored, 1 if it could not be. After 10 s, or at a second signal, it kills itself (SIGKILL), since a disk may hang; either way, what was acknowledged is on disk.',
  },
  operands: {},
  options: {},
  settings: settingNames,
  async run({ configuration: { config } }, io) {
    const asked = readSignals(io);
    const fatal = deferred<Error>();
    const [registries, switchOffs] = [await readRegistries(config.registry), await readSwitchOffs(config.switchOff)];
    const onRestored = ({ movedTo }: RestoreSummary) => {
      io.note(`dither-server: a backup is in the place of ${config.db}; what was there before: ${movedTo}\n`);
    };
    const onDropped = ({ message }: SwitchOffError) => {
      io.note(`dither-server: ${message}; from now on the document is not served\n`);
    };
    const seconds = serverPolicy.drainMilliseconds / 1000;
    return Promise.race([
      serveUntil(asked.toEnd, { config, registries, switchOffs, onRestored, onDropped, onFatal: fatal.resolve }, io),
      fatal.promise.then((error) => Promise.reject(error)),
      asked.toEndNow.then(() => endNow('a second signal ends it', io)),
      asked.toEnd
        .then(() => sleep(serverPolicy.drainMilliseconds))
        .then(() => endNow(`it could not store what it holds within ${seconds} s`, io)),
    ]);
  },
});

async function serveUntil(toEnd: Promise<void>, options: ServingOptions, io: Io): Promise<ExitCode> {
  const serving = await openServing(options);
  io.note(`dither-server listens on ${serving.url}\n`);
  if (!serving.hasRegistry) {
    io.note('dither-server: it has no registry, and asks every batch to come again: dither-server registry add FILE\n');
  }
  await toEnd;
  await serving.close();
  return 0;
}

function endNow(why: string, io: Io): Promise<never> {
  io.note(`dither-server: ${why}; what was acknowledged is on disk, and what was not will be sent again\n`);
  return io.kill();
}
