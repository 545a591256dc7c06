/**
 * The frame of a check: prints the line it ends with, or why it failed.
 *
 * @param {() => Promise<string>} check resolves to one line for those who read `pnpm check`
 */
export async function step(check) {
  try {
    console.log(await check());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/**
 * @param {readonly string[]} failures one line each
 * @throws {Error} with all of them, if there are any
 */
export function refuseAny(failures) {
  if (failures.length > 0) throw new Error(failures.join('\n'));
}
