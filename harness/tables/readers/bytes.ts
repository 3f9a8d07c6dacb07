import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileError } from '../../files/errors.js';
import { howToRaise, limit } from '../../files/limits.js';
import { systemFault } from '../../files/system.js';

/** A file that cannot be read as a table, or a place in it that stops the reading. */
export function fileError(
  file: string,
  message: string,
  place?: { line: number; column: number },
  suggestion?: string,
): FileError {
  const { line, column } = place ?? { line: 0, column: 0 };
  return new FileError([{ file, line, column, message, ...(suggestion === undefined ? {} : { suggestion }) }]);
}

/**
 * Makes sure that there is a file to read. It is read several times, which only a regular file can be.
 * @throws FileError for a path that is missing, a folder, a pipe, a device, or not readable
 */
export function requireFile(path: string): void {
  try {
    const stats = statSync(path);
    if (stats.isFile()) return;
    if (stats.isDirectory()) throw fileError(path, 'This is a folder; name one file of it.');
  } catch (error) {
    throw readingError(path, error);
  }
  throw fileError(path, 'This is a pipe or a device; write what it gives to a file, and name that.');
}

/** What went wrong with a file, in words. */
export function readingError(path: string, error: unknown): FileError {
  if (error instanceof FileError) return error;
  const fault = systemFault(error);
  const reason = error instanceof Error ? error.message : String(error);
  return fileError(path, fault?.message ?? `The file cannot be read: ${reason}.`);
}

/** Bytes that are read at once. */
const PIECE = 1024 * 1024;

export function isPacked(path: string): boolean {
  return path.toLowerCase().endsWith('.gz');
}

/**
 * The bytes of a file, unpacked when its name ends in `.gz`. The stream fails with a FileError for a file that cannot
 * be read, and for a packed one that is damaged, cut off, followed by other bytes, or holds more than `unpacked-size`.
 */
export function open(path: string): Readable {
  return Readable.from(isPacked(path) ? unpacked(path) : plain(path), { objectMode: false });
}

async function* plain(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw readingError(path, error);
  }
}

async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: PIECE });
  const packed = createGunzip({ chunkSize: PIECE });
  let head: Buffer | undefined;
  let fault: unknown;
  file.on('data', (piece) => {
    head ??= piece as Buffer;
  });
  file.on('error', (error) => {
    fault = error;
    packed.destroy(error);
  });
  const most = limit('unpacked-size');
  let given = 0;
  try {
    for await (const piece of file.pipe(packed) as AsyncIterable<Buffer>) {
      given += piece.length;
      if (given > most) throw fileError(path, `The file unpacks to too much. ${howToRaise('unpacked-size')}`);
      yield piece;
    }
  } catch (error) {
    if (error instanceof FileError || fault !== undefined) throw readingError(path, fault ?? error);
    throw fileError(path, damage(head ?? Buffer.alloc(0), error));
  } finally {
    file.destroy();
    packed.destroy();
  }
  // What follows the packed data is passed over without a word by those who unpack.
  const size = statSync(path).size;
  if (packed.bytesWritten < size) {
    const rest = (size - packed.bytesWritten).toLocaleString('en-US');
    throw fileError(path, `The packed data ends ${rest} bytes before the file does: the file is damaged.`);
  }
}

function damage(head: Buffer, error: unknown): string {
  const kind = kindOf(head);
  if (head.length === 0) return 'The file is empty; a .gz file never is.';
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    const found = kind === undefined ? 'The name ends in .gz, but it is not packed by gzip' : `This is ${kind}`;
    return `${found}; name a file that gzip made, or one that is not packed.`;
  }
  if (error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR')
    return 'The packed data is cut off: the file is not complete.';
  const reason = error instanceof Error ? error.message : String(error);
  return `The packed data is damaged: ${reason}.`;
}

const MAGIC: readonly (readonly [string, readonly number[]])[] = [
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['packed by gzip', [0x1f, 0x8b]],
  ['packed by zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['packed by xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31, 0x15]],
];

function kindOf(head: Buffer): string | undefined {
  return MAGIC.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte))?.[0];
}

/**
 * The bytes of a UTF-8 text file without the mark at its start, as `open` gives them.
 * @throws FileError as `open`; also for what is packed or encoded otherwise than its name says
 */
export async function* textBytes(path: string): AsyncGenerator<Buffer> {
  let isFirst = true;
  // A stream may give its first bytes one by one.
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of open(path) as AsyncIterable<Buffer>) {
    if (!isFirst) {
      yield piece;
      continue;
    }
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    if (held.length < HEAD) continue;
    isFirst = false;
    yield withoutMark(path, held);
  }
  if (isFirst && held.length > 0) yield withoutMark(path, held);
}

const HEAD = 16;

function withoutMark(path: string, head: Buffer): Buffer {
  const kind = kindOf(head);
  if (kind !== undefined) throw fileError(path, `This is ${kind}, not text; name it so, or unpack it.`);
  const wide = encodingOf(head);
  if (wide !== undefined) throw fileError(path, `The file is ${wide}; save it as UTF-8.`);
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
}

/** Wide encodings, by their mark, or by the zeros beside the letters with which tables and JSON begin. */
function encodingOf([a, b, c, d]: Buffer): string | undefined {
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'UTF-32' : 'UTF-16';
  if (a === 0xfe && b === 0xff) return 'UTF-16';
  if (a === 0 && b === 0) return (c === 0 && d !== 0) || (c === 0xfe && d === 0xff) ? 'UTF-32' : undefined;
  if (a !== 0 && b === 0 && c === 0 && d === 0) return 'UTF-32';
  if ((a === 0 && b !== 0 && c === 0) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'UTF-16';
  return undefined;
}
