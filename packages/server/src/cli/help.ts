import { aboutSetting, type Config, defaults, flagOf, type SettingName, variableOf } from '../config.js';
import type { Command } from './command.js';
import { table } from './table.js';

/** How a command is called, and all that can be said to it. */
export function helpOf({ meta, operands, options, settings }: Command): string {
  const names = Object.keys(operands);
  const own = Object.entries(options).map(([name, { value, summary }]) => [`--${name}${spaced(value)}`, summary]);
  return [
    `dither-server ${[meta.name, ...names].join(' ')}: ${meta.summary}`,
    ...(meta.detail === undefined ? [] : ['', meta.detail]),
    '',
    ...indented([...Object.entries(operands), ...own, ...settings.map(settingRow), CONFIG_ROW]),
    '',
    ...SOURCES,
    '',
  ].join('\n');
}

/** All commands, and what the one without a name takes. */
export function overview(commands: readonly Command[], serve: Command): string {
  const rows = commands.map(({ meta, operands }) => [[meta.name, ...Object.keys(operands)].join(' '), meta.summary]);
  return [
    'dither-server [COMMAND] [--help]: takes noisy reports in, answers with estimates and their error.',
    '',
    ...indented(rows),
    '',
    'Without a command it serves:',
    '',
    ...indented([...serve.settings.map(settingRow), CONFIG_ROW]),
    '',
    ...SOURCES,
    '',
    'Exit code: 0 done, 2 a setting or the command line is wrong, 1 anything else.',
    '',
  ].join('\n');
}

const CONFIG_ROW = ['--config FILE', 'settings from a file of JSON, such as {"port":8787}'];

const SOURCES = [
  `A setting can be given as a flag, as a variable (${flagOf('rateLimit')} is ${variableOf('rateLimit')}; lists with commas), or in the`,
  `file (rateLimit; ${variableOf('config')} names it): the first of these that has it counts. Paths start at the working directory.`,
];

function settingRow(name: SettingName): readonly string[] {
  const { value, summary, unless } = aboutSetting(name);
  return [`${flagOf(name)} ${value}`, `${summary} (${unless ?? shown(defaults[name])})`];
}

/** A value as it can be given. */
function shown(value: Config[SettingName] | undefined): string {
  return value === false ? 'off' : String(value);
}

function indented(rows: readonly (readonly string[])[]): string[] {
  return table(rows).map((line) => `  ${line}`);
}

function spaced(value: string | undefined): string {
  return value === undefined ? '' : ` ${value}`;
}
