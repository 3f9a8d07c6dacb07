import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { FileError } from './errors.js';
import { placeAt } from './places.js';
import { systemFault } from './system.js';

/**
 * The text of a UTF-8 file, with the mark at its start if it has one.
 *
 * @throws FileError for a file that is missing, a folder, not readable, or no UTF-8 text, at the first such byte
 */
export function readTextFile(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const fault = systemFault(error instanceof Error ? Object.assign(error, { path }) : error);
    if (fault === undefined) throw error;
    throw new FileError([{ ...fault, line: 0, column: 0 }]);
  }
  const text = bytes.toString('utf8');
  const wrong = text.search(/\0/);
  const replaced = isUtf8(bytes) ? -1 : text.indexOf('\ufffd');
  const at = [wrong, replaced].filter((each) => each >= 0).sort((a, b) => a - b)[0];
  if (at === undefined) return text;
  const place = placeAt(text, at);
  throw new FileError([
    { file: path, ...place, message: 'This is no UTF-8 text; name a text file, or save it as UTF-8.' },
  ]);
}
