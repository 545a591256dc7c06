/**
 * The last line of `.ci/run`. Usage: `ci-summary.mjs FOLDER TESTS BROWSER CHECK DEMO`, where the folder holds what the four
 * wrote (tests.json, browser.json, check.json, demo.json) and the rest are their exit codes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ name: string, status: string, message: string,
 *   assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }} TestFile
 */

const [folder = '.', ...codes] = process.argv.slice(2);
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

/** @type {readonly (readonly [what: string, count: (code: string | undefined) => Counts])[]} */
const parts = [
  ['tests', () => countTests('tests.json')],
  ['browser tests', () => countTests('browser.json')],
  ['check', () => read('check.json')],
  ['demo', countDemo],
];
const counts = parts.map(([what, count], index) => verdict(what, count, codes[index]));
const sum = (/** @type {keyof Counts} */ kind) => counts.reduce((total, part) => total + part[kind], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') === 0 ? 0 : 1;

/**
 * @param {string} what
 * @param {(code: string | undefined) => Counts} count
 * @param {string | undefined} code
 * @returns {Counts} with one failure at least where the program crashed, said so, or left no result
 */
function verdict(what, count, code) {
  try {
    const result = count(code);
    if (code === '0' || result.failed > 0) return result;
    console.log(`FAILED ${what}: exit code ${code}, though none failed that came to its end`);
    return { ...result, failed: 1 };
  } catch (error) {
    console.log(`${what} left no result: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** @param {string} name of what vitest wrote @returns {Counts} */
function countTests(name) {
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
   *   testResults: TestFile[] }} */
  const report = read(name);
  for (const file of report.testResults) tellFailures(file);
  // A file that cannot be loaded, or whose hooks fail, has no test that failed.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Who reads no more than the end of a long log must find there what failed.
 * @param {TestFile} file
 */
function tellFailures({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  // Its process has ended before it.
  const lost = assertionResults.find((test) => test.status === 'pending');
  if (lost !== undefined) console.log(`FAILED ${name}: ${lost.fullName}, or one before it, did not come to its end`);
  for (const test of failed)
    console.log(`FAILED ${name}: ${test.fullName}\n${beginning(test.failureMessages.join('\n'))}`);
  if (status === 'failed' && failed.length === 0) console.log(`FAILED ${name}\n${beginning(message)}`);
}

/** @param {string} text */
function beginning(text) {
  return text.split('\n').slice(0, 12).join('\n');
}

/** @param {string | undefined} code @returns {Counts} what the demo prints must be one JSON object; its exit code says the rest */
function countDemo(code) {
  read('demo.json');
  return { passed: code === '0' ? 1 : 0, failed: code === '0' ? 0 : 1, skipped: 0 };
}
