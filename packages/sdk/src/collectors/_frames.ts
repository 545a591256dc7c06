import { policy } from './_policy.js';

/** One call on a stack. */
export interface Frame {
  /** The function as the engine names it; '' without a name. */
  readonly caller: string;
  /** Address of the script, without line and column. */
  readonly script: string;
}

/** Line and column, or where a WebAssembly module was: only scripts of an app have that. */
const POSITION = /(?::wasm-function\[\d+\]:0x[0-9a-f]+|(?::\d+){1,2})$/;

const V8_LINE = /^ +at (.*)$/;

/** The runtime itself, and what a person has added to the browser: which extensions there are is nobody's business. */
const FOREIGN = /^(?:node|internal|[a-z-]*extension|webkit-masked-url):/;

/**
 * The frames of a stack, innermost first: V8 and Hermes write `at caller (script:1:2)`, SpiderMonkey and JavaScriptCore
 * `caller@script:1:2`.
 * @param message - the error's: V8 puts it ahead of the frames, and a line of it may look like one
 */
export function framesOf(stack: string, message: string): readonly Frame[] {
  const isV8 = /^ +at /m.test(stack);
  const start = isV8 ? Math.max(0, stack.indexOf(message)) + message.length : 0;
  const lines = stack.slice(start).split('\n', policy.stackLines);
  const frames: Frame[] = [];
  for (const line of lines) {
    // Whatever came before was still the message: it was another one when the stack was written.
    if (isV8 && line !== '' && !V8_LINE.test(line)) frames.length = 0;
    const frame = isV8 ? v8Frame(line) : geckoFrame(line);
    if (frame !== undefined) frames.push(frame);
  }
  return frames;
}

function v8Frame(line: string): Frame | undefined {
  const text = V8_LINE.exec(line)?.[1];
  if (text === undefined) return undefined;
  const open = text.indexOf(' (');
  if (open < 0 || !text.endsWith(')')) return frame('', text.replace(/^async /, ''));
  return frame(text.slice(0, open), text.slice(open + 2, -1).replace(/^address at /, ''));
}

function geckoFrame(line: string): Frame | undefined {
  const at = line.indexOf('@');
  return frame(line.slice(0, Math.max(0, at)), line.slice(at + 1));
}

function frame(caller: string, place: string): Frame | undefined {
  const isEvaluated = place.startsWith('eval at ') || / > (?:eval|Function)/.test(place);
  if (isEvaluated) return { caller, script: 'eval:' };
  if (!POSITION.test(place) || FOREIGN.test(place)) return undefined;
  return { caller, script: place.replace(POSITION, '') };
}
