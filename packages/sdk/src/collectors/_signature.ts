import { type Frame, framesOf } from './_frames.js';
import { policy } from './_policy.js';

export interface SignatureOptions {
  /** Frames that are kept, innermost first; 4 unless told. */
  readonly frames?: number;
  /** Characters; 100 unless told, as many as a text metric keeps. What does not fit is left out, frame by frame. */
  readonly length?: number;
}

/**
 * Where an error came from, in the same words in every engine and after most edits: `TypeError render@app < update@store`.
 * The kind of the error, then functions and the base names of their scripts. Lines and columns, addresses, queries and the
 * message are left out; `#` stands for what may be a number or an id, `?` for a function without a name. Frames of the
 * runtime and of browser extensions do not count.
 *
 * @returns never empty
 */
export function signatureOf(error: unknown, options: SignatureOptions = {}): string {
  const { frames = policy.signatureFrames, length = policy.signatureLength } = options;
  if (typeof error !== 'object' || error === null) return `thrown ${typeof error}`;
  try {
    const { name, message, stack } = error as { readonly [key in 'name' | 'message' | 'stack']?: unknown };
    const places = framesOf(textOf(stack), textOf(message)).map(placeOf);
    // A function that calls itself is there once.
    const distinct = places.filter((place, i) => place !== places[i - 1]);
    let signature = kindOf(textOf(name));
    distinct.slice(0, frames).every((place, i) => {
      const longer = `${signature}${i === 0 ? ' ' : ' < '}${place}`;
      if (longer.length > length) return false;
      signature = longer;
      return true;
    });
    return signature;
  } catch {
    // Whoever made it did not want it looked at.
    return 'unknown';
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A name that is not a word of the program may be a text of the person's. */
function kindOf(name: string): string {
  return /^[a-z]+$/i.test(name) ? name.slice(0, policy.nameLength) : 'Error';
}

function placeOf({ caller, script }: Frame): string {
  return `${functionName(caller)}@${scriptName(script)}`;
}

/**
 * The function's own name, which all engines agree on: without its object (V8), what it is in (SpiderMonkey), or how it
 * was called.
 */
function functionName(caller: string): string {
  // Made from a text, which may be anything.
  if (/[^\p{ID_Continue}$.#<>/*[\] ]/u.test(caller)) return '?';
  const own = caller
    .replace(/ \[as .*$/, '')
    .replace(/^.*\*/, '')
    .replace(/^.*[./]/, '')
    .replace(/^(?:async |new |get |set |static |bound |#)+/, '');
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(own) ? masked(own) : '?';
}

/** The file's name without its ending and the hash that a bundler gave it. A page's own address names no script. */
function scriptName(script: string): string {
  const scheme = /^(?:blob|data|eval):/.exec(script)?.[0];
  if (scheme !== undefined) return scheme.slice(0, -1);
  const file = script.replace(/[?#].*$/, '').replace(/^.*[\\/]/, '');
  const name = /^(.+)\.(?:[cm]?[jt]sx?|wasm|(?:js)?bundle|vue|svelte)$/.exec(file)?.[1];
  if (name === undefined) return 'page';
  const plain = name.replace(/[-.](?=.*(?:\d|[a-z][A-Z]|[A-Z]{2}))[\w-]{8}$/, '');
  return masked(plain).replace(/([-_.~]#)+$/, '');
}

function masked(name: string): string {
  return name
    .slice(0, policy.nameLength)
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '#')
    .replace(/[0-9a-z]{20,}/gi, (token) => (digitsIn(token) > 3 ? '#' : token))
    .replace(/[0-9a-f]{6,}/gi, (token) => (digitsIn(token) > 0 ? '#' : token))
    .replace(/[0-9]+/g, '#');
}

function digitsIn(token: string): number {
  return token.replace(/[^0-9]/g, '').length;
}
