import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import type { FileError } from './errors.js';
import { asFileError, insidePath } from './inside.js';
import { howToRaise, type LimitName, limit } from './limits.js';
import { fault } from './system.js';

/**
 * The bytes of a regular file that lies within its repository. Nothing else is opened: a pipe could keep the reader
 * waiting, and a device has no end.
 *
 * @throws FileError for a file that is missing, not regular, not readable, out of its repository, or beyond the limit
 */
export function readBytes(path: string, size: LimitName = 'text-size'): Buffer {
  const real = insidePath(path);
  const before = attempt(path, () => statSync(real));
  refuseIrregular(path, before);
  // Not blocking, should a pipe have taken the place of the file by now.
  const opened = attempt(path, () => openSync(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
  try {
    const stats = attempt(path, () => fstatSync(opened));
    refuseIrregular(path, stats);
    if (stats.dev !== before.dev || stats.ino !== before.ino)
      throw fault(path, 'This was replaced while it was read; run again.');
    return attempt(path, () => contentOf(opened, stats.size, path, size));
  } finally {
    closeSync(opened);
  }
}

function refuseIrregular(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw fault(path, 'This is a folder; name a file.');
  throw fault(path, 'This is a pipe, a socket or a device; name a file.');
}

/** Most bytes that are asked for at once. */
const CHUNK = 64 * 1024 ** 2;

/** All bytes up to the end: a file can hold more than it says, as those of the kernel do. */
function contentOf(opened: number, stated: number, path: string, size: LimitName): Buffer {
  const most = limit(size);
  if (stated > most) throw tooLarge(path, size);
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(Math.max(stated - total + 1, 4096), CHUNK));
    const read = readSync(opened, chunk, 0, chunk.length, null);
    if (read === 0) return Buffer.concat(chunks);
    total += read;
    if (total > most) throw tooLarge(path, size);
    chunks.push(chunk.subarray(0, read));
  }
}

function tooLarge(path: string, size: LimitName): FileError {
  return fault(path, `The file is too large to be read. ${howToRaise(size)}`);
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw asFileError(error, path);
  }
}
