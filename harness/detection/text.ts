import { readFileSync } from 'node:fs';
import { FileError } from '../files/errors.js';

/**
 * The text of a UTF-8 file.
 *
 * @throws FileError when the file cannot be read
 */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FileError([{ file: path, line: 0, column: 0, message: `The file cannot be read: ${reason}.` }]);
  }
}
