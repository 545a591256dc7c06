import { readArguments } from '../src/commands/command.js';
import { compare } from '../src/commands/compare.js';
import { plan } from '../src/commands/plan.js';

const [name, ...rest] = process.argv.slice(2);
const command: any = { plan, compare }[name as 'plan'];
const io: any = {
  out: (t: string) => process.stdout.write(t),
  note: (t: string) => process.stderr.write(t),
  isTerminal: false,
  isColoured: false,
  now: () => performance.now(),
  stop: new AbortController().signal,
};
const t = performance.now();
try {
  const code = await command.run(readArguments(command, rest), io);
  console.error('exit', code, (performance.now() - t).toFixed(0), 'ms', 'cpu', process.cpuUsage().user / 1000);
} catch (e: any) {
  console.error(e.code ? e.message : e);
}
