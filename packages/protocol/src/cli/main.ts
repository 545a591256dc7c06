import { dayOf } from '../time.js';
import { runCli } from './run.js';

process.exitCode = await runCli(process.argv.slice(2), {
  today: dayOf(Date.now()),
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
});
