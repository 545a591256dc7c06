#!/usr/bin/env node
import { homedir } from 'node:os';
import { join } from 'node:path';
import { addItem, finishItem, importItems, listItems } from './list.js';
import { leaveSender, send } from './sender.js';
import { startTelemetry, telemetryCommand } from './telemetry.js';

const { TODO_HOME = join(homedir(), '.todo'), TODO_ENDPOINT = 'http://127.0.0.1:8787' } = process.env;
const [command = 'list', ...words] = process.argv.slice(2);

const dither = startTelemetry(TODO_HOME, TODO_ENDPOINT);
// Before that nobody knows whether the person agreed, and a crash would not be written down.
await dither.ready;

switch (command) {
  case 'add':
    await addItem(TODO_HOME, words.join(' '));
    dither.record('added');
    break;
  case 'done':
    await finishItem(TODO_HOME, Number(words[0]));
    break;
  case 'list':
    console.log(await listItems(TODO_HOME));
    break;
  case 'import':
    await importItems(TODO_HOME, words[0] ?? '');
    break;
  case 'telemetry':
    console.log(await telemetryCommand(dither, words[0]));
    break;
  case 'send':
    await send();
    break;
  default:
    console.error('todo add <text> | done <number> | list | import <file> | telemetry');
    process.exitCode = 2;
}

if (command !== 'send') await leaveSender(TODO_HOME, dither);
await dither.stop();
