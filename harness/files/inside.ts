import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, resolve, win32 } from 'node:path';
import { FileError } from './errors.js';
import type { Place } from './places.js';
import { isWithin } from './roots.js';
import { fault, systemFault } from './system.js';

/**
 * The folder that a folder's files may be read from, as a real path. It is the nearest one above that holds `.git`; where
 * there is none, the working folder for what lies in it, and the folder itself for what lies elsewhere. A link to another
 * repository does not lead into it: a pull request can hold one.
 *
 * @throws FileError for a folder that is not there
 */
export function repositoryOf(folder: string): string {
  const named = resolve(folder);
  let root: string | undefined;
  for (const above of fromTheTop(named)) {
    if (!isThere(join(above, '.git'))) continue;
    const real = realPath(above);
    if (root !== undefined && !isWithin(real, root)) break;
    root = real;
  }
  if (root !== undefined) return root;
  return isWithin(named, process.cwd()) ? process.cwd() : realPath(named);
}

/**
 * The real path of a file or folder that lies within its repository.
 *
 * @throws FileError for what is not there, and for a link that leads out of the repository
 */
export function insidePath(path: string): string {
  const real = realPath(path);
  const root = repositoryOf(isFolder(path) ? path : dirname(path));
  if (isWithin(real, root)) return real;
  throw fault(path, `This is a link that leads out of ${root}; put the file itself there, or name it where it is.`);
}

/**
 * The path of a file that another file names, from that one's folder.
 *
 * @param place where the name is written
 * @throws FileError at that place, for a name that is no path or leads out of the repository
 */
export function pathNamed(name: string, folder: string, place: Place & { readonly file: string }): string {
  const refused = (message: string): FileError => new FileError([{ ...place, message }]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) throw refused('A path holds no control characters; name a file.');
  if (posix.isAbsolute(name) || win32.isAbsolute(name) || /^[a-z]:/i.test(name))
    throw refused(`'${name}' is an absolute path; name the file by its path from ${basename(place.file)}.`);
  const path = join(folder, name);
  const root = repositoryOf(folder);
  const within = relative(resolve(folder), resolve(path));
  if (isWithin(resolve(realPath(folder), within), root)) return path;
  throw refused(`'${name}' leads out of ${root}; name a file within it.`);
}

/** Whether something stands at a path, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw asFileError(error, path);
  }
}

/** What a path leads to, through links; nothing where it leads nowhere. */
export function kindAt(path: string): 'file' | 'folder' | 'other' | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other';
  } catch (error) {
    throw asFileError(error, path);
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    throw asFileError(error, path);
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw asFileError(error, path);
  }
}

/** What the operating system says of a path, as an error that names it; any other error as it is. */
export function asFileError(error: unknown, path: string): unknown {
  if (path.includes('\0')) return fault(path, 'A path holds no NUL character; name a file.');
  const said = systemFault(error instanceof Error ? Object.assign(error, { path }) : error);
  return said === undefined ? error : fault(said.file, said.message);
}

function fromTheTop(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [...fromTheTop(above), folder];
}
