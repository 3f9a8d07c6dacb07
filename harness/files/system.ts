import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { FileError } from './errors.js';

export const MISSING = 'There is no such file or folder.';

/** What the operating system says of a file, in words for the person who named it. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: MISSING,
  EISDIR: 'This is a folder; name a file.',
  ENOTDIR: 'A part of this path is a file; name a folder.',
  EEXIST: 'This is a file; name a folder.',
  EACCES: 'This may not be read or written by you; change its permissions, or name another.',
  EPERM: 'This may not be read or written by you; change its permissions, or name another.',
  EROFS: 'This is on a file system that cannot be written to; name another place.',
  ENOSPC: 'The disk is full; make room, or name another place.',
  EDQUOT: 'Your share of the disk is full; make room, or name another place.',
  EFBIG: 'The file would be larger than this system allows; ask for less, or name another place.',
  ENAMETOOLONG: 'The name is too long; name another.',
  ELOOP: 'The links on this path lead in a circle; name another.',
  EMFILE: 'Too many files are open; raise the limit of the system (`ulimit -n`).',
};

/** What DuckDB adds to its errors about files is the system's text; these are its codes. */
const CODES: Readonly<Record<string, string>> = {
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'File too large': 'EFBIG',
  'Permission denied': 'EACCES',
  'Read-only file system': 'EROFS',
  'No such file or directory': 'ENOENT',
  'Input/output error': 'EIO',
};

/** An error of the operating system: its code, and the file that it is about, where it says so. */
export interface SystemError {
  readonly code: string;
  readonly file?: string;
}

/**
 * What the operating system said, whether Node or DuckDB passes it on.
 *
 * @returns nothing for an error of another kind
 */
export function systemError(error: unknown): SystemError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined)
    return /^E[A-Z0-9]+$/.test(code) ? { code, ...(typeof path === 'string' && { file: path }) } : undefined;
  const [, file = '', words = ''] =
    /^IO Error: [^"]*"([^"]+)".*: ([^:]+)$/.exec(error.message.split('\n')[0] ?? '') ?? [];
  const meant = Object.hasOwn(CODES, words.trim()) ? CODES[words.trim()] : undefined;
  return meant === undefined ? undefined : { code: meant, file };
}

/**
 * An error of the operating system about a file, as `file: what is wrong and what instead`.
 *
 * @returns nothing for an error of another kind; the call that failed in place of the file, where there is none
 */
export function systemFault(
  error: unknown,
  purpose: 'read' | 'write' = 'read',
): { readonly file: string; readonly message: string } | undefined {
  const said = systemError(error);
  if (said === undefined) return undefined;
  if (said.file === undefined) {
    const { syscall = 'system' } = error as NodeJS.ErrnoException;
    if (syscall === 'uv_cwd') return { file: '.', message: 'The folder that you are in is gone; change into another.' };
    return { file: syscall, message: systemWords(said.code, '', purpose) };
  }
  return { file: said.file, message: systemWords(said.code, said.file, purpose) };
}

/** What a code of the operating system means for a file, and what to do. */
export function systemWords(code: string, file: string, purpose: 'read' | 'write'): string {
  const folder = dirname(file);
  if (purpose === 'write' && code === 'ENOENT' && !existsSync(folder))
    return `There is no folder ${folder}; make it, or name another.`;
  return Object.hasOwn(WORDS, code) ? (WORDS[code] as string) : `The system cannot use this (${code}); name another.`;
}

/** That a file as a whole cannot be used. */
export function fault(file: string, message: string): FileError {
  return new FileError([{ file, line: 0, column: 0, message }]);
}
