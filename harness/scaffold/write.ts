import { dirname, join } from 'node:path';
import { statOf } from '../files/detours.js';
import { FileError } from '../files/errors.js';
import { makeFolder, removeWritten, writeWhole } from '../files/output.js';

/**
 * Writes files that are not there yet: all of them, or none.
 *
 * @param files texts by path below `root`
 * @returns the paths written, in order
 * @throws FileError naming every file that is there already
 */
export function writeNew(root: string, files: ReadonlyMap<string, string>): string[] {
  const paths = [...files.keys()].map((path) => join(root, path));
  const taken = paths.filter((path) => statOf(path) !== undefined);
  if (taken.length > 0) {
    throw new FileError(
      taken.map((file) => ({
        file,
        line: 0,
        column: 0,
        message: 'The file is there already; nothing was written. Take another name, or remove it first.',
      })),
    );
  }
  const written: string[] = [];
  try {
    for (const [path, text] of files) {
      const file = join(root, path);
      makeFolder(dirname(file));
      writeWhole(file, text);
      written.push(file);
    }
  } catch (error) {
    removeWritten(written);
    throw error;
  }
  return paths;
}
