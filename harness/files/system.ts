import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

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
  ENAMETOOLONG: 'The name is too long; name another.',
};

/**
 * An error of the operating system about a file, as `file: what is wrong and what instead`.
 *
 * @returns nothing for an error of another kind, or of no file
 */
export function systemFault(
  error: unknown,
  purpose: 'read' | 'write' = 'read',
): { readonly file: string; readonly message: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path: file } = error as NodeJS.ErrnoException;
  if (typeof file !== 'string' || code === undefined) return undefined;
  const folder = dirname(file);
  if (purpose === 'write' && code === 'ENOENT' && !existsSync(folder))
    return { file, message: `There is no folder ${folder}; make it, or name another.` };
  const message = WORDS[code];
  return message === undefined ? undefined : { file, message };
}
