import type { RegistryErrorCode } from '../registry/errors.js';

/** Why a file gives no registry; codes are stable. To these come the codes of what the file declares. */
export type RegistryFileErrorCode =
  | 'file-unreadable'
  | 'file-unwritable'
  | 'file-type-unknown'
  | 'esbuild-missing'
  | 'json-malformed'
  | 'module-failed'
  | 'no-registry'
  | 'several-registries'
  | 'resolved-stale';

/** A place in a text, both from 1; columns are UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface RegistryFileErrorOptions {
  readonly position?: Position | undefined;
  readonly cause?: unknown;
}

/** Thrown for a file that cannot be read as a registry: says which file, where in it, and what to change. */
export class RegistryFileError extends Error {
  override readonly name = 'RegistryFileError';
  readonly code: RegistryFileErrorCode | RegistryErrorCode;
  readonly file: string;
  readonly position: Position | undefined;
  constructor(
    code: RegistryFileErrorCode | RegistryErrorCode,
    file: string,
    remedy: string,
    options: RegistryFileErrorOptions = {},
  ) {
    const { position, cause } = options;
    const place = position === undefined ? file : `${file}:${position.line}:${position.column}`;
    super(`${place}: ${code}: ${remedy}`, { cause });
    this.code = code;
    this.file = file;
    this.position = position;
  }
}

/** What was thrown, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
