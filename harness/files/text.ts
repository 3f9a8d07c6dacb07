import { constants, isUtf8 } from 'node:buffer';
import { FileError } from './errors.js';
import type { LimitName } from './limits.js';
import { placeAt } from './places.js';
import { readBytes } from './read.js';
import { fault } from './system.js';

/**
 * The text of a UTF-8 file, with the mark at its start if it has one.
 *
 * @throws FileError as `readBytes`, and for what is no UTF-8 text, at the first such byte
 */
export function readTextFile(path: string, size: LimitName = 'text-size'): string {
  const bytes = readBytes(path, size);
  // However far the limit was raised, a string has an end.
  if (bytes.length > constants.MAX_STRING_LENGTH) throw fault(path, 'The file is too large for one text; split it.');
  const text = bytes.toString('utf8');
  const wrong = text.indexOf('\0');
  const replaced = isUtf8(bytes) ? -1 : text.indexOf('\ufffd');
  const at = [wrong, replaced].filter((each) => each >= 0).sort((a, b) => a - b)[0];
  if (at === undefined) return text;
  const place = placeAt(text, at);
  throw new FileError([
    { file: path, ...place, message: 'This is no UTF-8 text; name a text file, or save it as UTF-8.' },
  ]);
}
