const PROGRAM = 'dither-sim';

/** A command as one types it in a POSIX shell, to be copied. */
export function commandLine(args: readonly string[]): string {
  return [PROGRAM, ...args.map(argument)].join(' ');
}

function argument(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
