import { aboutSetting, type Config, type SettingName, settingNames } from '../../config.js';
import { readRegistries } from '../../registry-files.js';
import { readSwitchOffs } from '../../switch-off/read-switch-offs.js';
import { defineCommand } from '../command.js';

export const configCheck = defineCommand({
  meta: {
    name: 'config check',
    summary: 'prints every setting and where it comes from, as JSON, and reads the files they name',
    detail: 'Exit code 2 if a setting cannot be meant, or a registry or switch-off document cannot be read.',
  },
  operands: {},
  options: {},
  settings: settingNames,
  async run({ configuration: { config, sources } }, io) {
    const effective = settingNames.map((name) => [name, { value: written(name, config), source: sources[name] }]);
    io.out(`${JSON.stringify(Object.fromEntries(effective), null, 2)}\n`);
    for (const { app, fingerprint } of await readRegistries(config.registry)) {
      io.note(`registry ${fingerprint} of ${app}: in order\n`);
    }
    for (const { app, source } of await readSwitchOffs(config.switchOff)) {
      io.note(
        `switch-off document ${source} of ${app}: it can be read; its names and day are checked when the server starts\n`,
      );
    }
    return 0;
  },
});

/** As it can be given; a secret only says that it is there. */
function written(name: SettingName, config: Config): unknown {
  const value = config[name];
  if (aboutSetting(name).isSecret === true) return '(secret)';
  return value === false ? 'off' : value;
}
