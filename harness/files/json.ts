import { FileError } from './errors.js';
import { howToRaise, limit } from './limits.js';
import { placeAt } from './places.js';
import { unfitText } from './shape.js';
import { fault } from './system.js';
import { readTextFile } from './text.js';

/**
 * What a JSON file holds.
 *
 * @throws FileError as `readTextFile` and `parseJson`
 */
export function readJson(path: string): unknown {
  return parseJson(readTextFile(path).replace(/^\ufeff/, ''), path);
}

/**
 * What a JSON text holds.
 *
 * @param file the name that problems are reported under
 * @throws FileError for JSON that is broken or lies too deep, a key that objects cannot hold, and half a character
 */
export function parseJson(text: string, file: string): unknown {
  const fail = (offset: number, message: string): FileError =>
    new FileError([{ file, ...placeAt(text, offset), message }]);
  const deep = tooDeepAt(text);
  if (deep !== undefined) throw fail(deep, `The values lie too deep in each other here. ${howToRaise('json-depth')}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, at] = /at position (\d+)/.exec(error.message) ?? [];
    const what = error.message.replace(/ in JSON at position.*$|, [."].* is not valid JSON$/s, '');
    const message = `The JSON is broken: ${what}.`;
    // Of some faults only the end of the text is known, of others nothing.
    if (at === undefined && !/end of JSON/.test(what)) throw fault(file, message);
    throw fail(Number(at ?? text.length), message);
  }
  const wrong = unfitWithin(value);
  if (wrong === undefined) return value;
  throw fail(Math.max(0, text.search(/"__proto__"\s*:|\\u[dD][89a-fA-F]/)), wrong);
}

/** The place of the first bracket that opens beyond the limit. */
function tooDeepAt(text: string): number | undefined {
  const most = limit('json-depth');
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (quoted) at += code === BACKSLASH ? 1 : 0;
    else if (code === OPEN_LIST || code === OPEN_MAPPING) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_MAPPING) depth -= 1;
    if (depth > most) return at;
  }
  return undefined;
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_MAPPING, CLOSE_MAPPING] = [...'"\\[]{}'].map((each) =>
  each.charCodeAt(0),
);

function unfitWithin(value: unknown): string | undefined {
  if (typeof value === 'string') return unfitText(value, false);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const wrong = unfitText(key, true) ?? unfitWithin(inner);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
