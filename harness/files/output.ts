/** All that is written: files that are whole or not there, in folders that no link leads out of a repository. */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  createWriteStream,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Writable } from 'node:stream';
import { isInRepository, refuseDetours, statOf } from './detours.js';
import { atEnd } from './ending.js';
import { FileError } from './errors.js';
import { isAbandoned, owner } from './owner.js';
import { systemError, systemWords } from './system.js';

/** What a file is called until it is whole. The ending is no report's, so that nothing picks it up. */
const DRAFT = /^\.assay-[0-9a-f]{8}-\d+-\w+-[0-9a-f]{16}\.part$/;

/** A file that does not bear its name yet. */
export interface Draft {
  /** Where to write; the file is there, and empty. */
  readonly path: string;
  stream(): Writable;
}

/**
 * Writes a file: all of it, or nothing, and then what was there before stays. It is written under another name in the
 * same folder, reaches the disk, and then takes the name. A link is not written through: it may be a stranger's.
 *
 * @throws FileError for a name that is a link, a folder or a device, a folder that is missing, a full disk, …
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const draft = new NewFile(path);
  try {
    writeFileSync(draft.path, content);
    draft.keep();
  } catch (error) {
    throw draft.discard(error);
  }
}

/** As `writeWhole`, for a file that is written piece by piece, or by DuckDB. */
export async function writeWholeBy<T>(path: string, write: (draft: Draft) => Promise<T>): Promise<T> {
  const draft = new NewFile(path);
  try {
    const given = await write(draft);
    draft.keep();
    return given;
  } catch (error) {
    throw draft.discard(error);
  }
}

/**
 * Makes a folder to write into, with those above it, unless it is there.
 *
 * @throws FileError for a folder of a repository that is a link, or that a link leads out of it
 */
export function makeFolder(path: string): void {
  refuseStrayFolder(path);
  try {
    mkdirSync(resolve(path), { recursive: true });
  } catch (error) {
    throw named(error, path);
  }
}

function refuseStrayFolder(path: string): void {
  if (path === '' || path.includes('\0')) throw faultOf(path, 'This is no name of a folder; name one.');
  refuseDetours(path);
  if (isInRepository(path) && statOf(resolve(path))?.isSymbolicLink() === true)
    throw faultOf(path, 'This is a link, and nothing is written through one; remove it, or name another folder.');
}

/**
 * Empties a folder that is ours alone, so that it holds only what is written into it next. A folder with anything else
 * in it is refused and left as it is: nobody's own files are removed, and a stranger's do not pass for ours. What is ours
 * is known by its name, never by what the folder says of itself. Links are removed, not followed. `.gitignore` and
 * `.gitkeep` stay.
 *
 * @param isOurs whether a path within the folder, with `/`, is a file that we write
 * @throws FileError naming what else there is
 */
export function emptyFolder(path: string, isOurs: (file: string) => boolean): void {
  refuseStrayFolder(path);
  if (!existsSync(path)) return;
  const ours: string[] = [];
  const others: string[] = [];
  const look = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (others.length >= NAMED) return;
      const file = join(folder, entry.name);
      const inside = relative(path, file).split(sep).join('/');
      if (entry.isDirectory()) look(file);
      else if (DRAFT.test(entry.name) || isOurs(inside)) ours.push(file);
      else if (!KEPT.includes(inside) || !entry.isFile()) others.push(file);
    }
  };
  try {
    look(path);
    if (others.length === 0) for (const file of ours) rmSync(file);
  } catch (error) {
    throw named(error, path);
  }
  if (others.length === 0) return;
  const message = `Assay does not write this, and ${path} is to hold nothing else; move it, or name another folder.`;
  throw new FileError(others.map((file) => ({ file, line: 0, column: 0, message })));
}

const NAMED = 3;
const KEPT: readonly string[] = ['.gitignore', '.gitkeep'];

class NewFile implements Draft {
  readonly path: string;
  private readonly final: string;
  private readonly takeOff: () => void;

  constructor(private readonly name: string) {
    if (name === '' || name.includes('\0')) throw faultOf(name, 'This is no name of a file; name one.');
    this.final = resolve(name);
    const folder = dirname(this.final);
    this.path = join(folder, `.assay-${owner()}-${randomBytes(8).toString('hex')}.part`);
    refuseDetours(folder);
    sweep(folder);
    try {
      const mode = this.modeBefore();
      const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_WRONLY } = constants;
      closeSync(openSync(this.path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, mode ?? 0o666));
    } catch (error) {
      throw named(error, name);
    }
    this.takeOff = atEnd(() => rmSync(this.path, { force: true }));
  }

  stream(): Writable {
    return createWriteStream(this.path);
  }

  /** Gives the file its name. */
  keep(): void {
    const file = openSync(this.path, 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(this.path, this.final);
    this.takeOff();
  }

  /** @returns the error in words for the person who named the file */
  discard(error: unknown): unknown {
    this.takeOff();
    rmSync(this.path, { force: true });
    return named(error, this.name, [this.path, this.final]);
  }

  /**
   * The permissions of the file that is there, where one is.
   *
   * @throws FileError where something else than a file has the name
   */
  private modeBefore(): number | undefined {
    const before = lstatSync(this.final, { throwIfNoEntry: false });
    if (before === undefined) return undefined;
    if (before.isSymbolicLink())
      throw faultOf(this.name, 'This is a link, and nothing is written through one; remove it, or name another file.');
    if (before.isDirectory()) throw faultOf(this.name, 'This is a folder; name a file.');
    if (!before.isFile()) throw faultOf(this.name, 'This is a device or a pipe; name a file.');
    accessSync(this.final, constants.W_OK);
    return before.mode & 0o777;
  }
}

/**
 * An error of the system as one of the file that a person asked for; other errors as they are.
 *
 * @param paths what the error may name in its place; anything where it is left out
 */
function named(error: unknown, file: string, paths?: readonly string[]): unknown {
  const said = systemError(error);
  if (said === undefined) return error;
  // What is written to an open file has no path.
  if (said.file !== undefined && paths?.includes(said.file) === false) return error;
  return faultOf(file, systemWords(said.code, file, 'write'));
}

const swept = new Set<string>();

/** Removes what processes left in a folder that were killed while they wrote. What cannot be removed is in nobody's way. */
function sweep(folder: string): void {
  if (swept.has(folder)) return;
  swept.add(folder);
  try {
    for (const name of readdirSync(folder))
      if (DRAFT.test(name) && isAbandoned(name)) rmSync(join(folder, name), { force: true });
  } catch (error) {
    if (systemError(error) === undefined) throw error;
  }
}

function faultOf(file: string, message: string): FileError {
  return new FileError([{ file, line: 0, column: 0, message }]);
}

/** Takes back files that were just written, where others could not be. */
export function removeWritten(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}

/** How large a file is, in bytes. */
export function sizeOf(path: string): number {
  return statSync(path).size;
}
