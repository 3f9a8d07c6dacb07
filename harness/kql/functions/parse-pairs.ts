/** Pairs of keys and values in a text, as `parse-kv` reads them. */
import { type Dynamic, isArray, isBag } from '../values/dynamic.js';
import { rust } from './regex.js';

/** How the pairs stand in the text. */
interface Options {
  /** What stands between pairs, and between a key and its value; without them anything but letters and digits does. */
  readonly pair?: string;
  readonly kv?: string;
  /** Opening and closing marks around a key or value. */
  readonly quotes: readonly (readonly [string, string])[];
  readonly escapes: ReadonlySet<string>;
  /** Whether a value without quotes goes on until the next key that is asked for. */
  readonly greedy: boolean;
  /** A pattern with a group for the key and one for the value, in place of all the above. */
  readonly regex?: string;
}

/** The value of each key, in the order of the keys; null for a key that the text does not have. The first value counts. */
export function parseKeyValues(text: string, keys: Dynamic, given: Dynamic): Dynamic {
  const wanted = isArray(keys) ? keys.map(String) : [];
  const found = new Map<string, string>();
  for (const [key, value] of pairsOf(text, read(given), new Set(wanted))) if (!found.has(key)) found.set(key, value);
  return wanted.map((key) => found.get(key) ?? null);
}

type Pairs = Generator<readonly [string, string]>;

function pairsOf(text: string, options: Options, wanted: ReadonlySet<string>): Pairs {
  const { regex, pair, kv } = options;
  if (regex !== undefined) return matches(text, regex);
  return pair === undefined || kv === undefined
    ? neighbours(text, options, wanted)
    : delimited(text, pair, kv, options, wanted);
}

function read(given: Dynamic): Options {
  const bag = isBag(given) ? given : new Map<string, Dynamic>();
  const text = (name: string): string | undefined =>
    typeof bag.get(name) === 'string' ? (bag.get(name) as string) : undefined;
  const list = (name: string): string[] => {
    const value = bag.get(name) ?? [];
    return isArray(value) ? value.map(String) : [];
  };
  const pair = text('pair');
  const kv = text('kv');
  const regex = text('regex');
  return {
    ...(pair === undefined ? {} : { pair }),
    ...(kv === undefined ? {} : { kv }),
    ...(regex === undefined ? {} : { regex }),
    quotes: list('quotes').map((marks) => [marks.slice(0, 1), marks.slice(-1)] as const),
    escapes: new Set(list('escapes')),
    greedy: bag.get('greedy') === true,
  };
}

function* matches(text: string, pattern: string): Generator<readonly [string, string]> {
  for (const { groups } of rust(pattern)?.all(text) ?? []) yield [(groups[1] ?? '').trim(), (groups[2] ?? '').trim()];
}

/** Without delimiters every run of letters and digits is a word, and the word after a key is its value. */
function* neighbours(text: string, options: Options, wanted: ReadonlySet<string>): Pairs {
  let key: string | undefined;
  for (let at = 0; at < text.length; ) {
    const quoted = quotedAt(text, at, options);
    let end = quoted?.end ?? at;
    if (!quoted) while (end < text.length && /[\p{L}\p{N}]/u.test(text[end] ?? '')) end++;
    const word = quoted?.inside ?? text.slice(at, end);
    if (!quoted && word === '') {
      at++;
      continue;
    }
    at = end;
    if (key !== undefined) {
      yield [key, word];
      key = undefined;
    } else if (wanted.has(word)) {
      key = word;
    }
  }
}

/** A key is what stands between the end of the last pair and the mark before the value; blanks around both are dropped. */
function* delimited(text: string, pair: string, kv: string, options: Options, wanted: ReadonlySet<string>): Pairs {
  let at = 0;
  for (let mark = text.indexOf(kv, at); mark >= 0; mark = text.indexOf(kv, at)) {
    const key = keyIn(text.slice(at, mark), pair, options);
    at = mark + kv.length;
    while (/\s/.test(text[at] ?? '')) at++;
    const quoted = quotedAt(text, at, options);
    const end =
      quoted?.end ?? (options.greedy ? beforeNextKey(text, at, pair, kv, wanted) : orEnd(text, text.indexOf(pair, at)));
    yield [key, quoted?.inside ?? text.slice(at, end).trim()];
    at = end;
  }
}

function keyIn(segment: string, pair: string, { quotes }: Options): string {
  const trimmed = segment.trim();
  for (const [open, close] of quotes) {
    if (!trimmed.endsWith(close)) continue;
    const from = trimmed.lastIndexOf(open, trimmed.length - close.length - 1);
    if (from >= 0) return trimmed.slice(from + open.length, -close.length).trim();
  }
  const before = trimmed.lastIndexOf(pair);
  return (before < 0 ? trimmed : trimmed.slice(before + pair.length)).trim();
}

/** Where a value without quotes ends in greedy mode: at the next end of a pair that a key asked for follows. */
function beforeNextKey(text: string, from: number, pair: string, kv: string, wanted: ReadonlySet<string>): number {
  for (let at = text.indexOf(pair, from); at >= 0; at = text.indexOf(pair, at + 1)) {
    const mark = text.indexOf(kv, at + pair.length);
    if (mark < 0) break;
    if (wanted.has(text.slice(at + pair.length, mark).trim())) return at;
  }
  return text.length;
}

/** What stands in quotes at a place; undefined where no quotes open, or none close. */
function quotedAt(
  text: string,
  from: number,
  { quotes, escapes }: Options,
): { readonly inside: string; readonly end: number } | undefined {
  const marks = quotes.find(([open]) => text[from] === open);
  if (!marks) return undefined;
  let inside = '';
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at] ?? '';
    if (escapes.has(char) && at + 1 < text.length) inside += text[++at];
    else if (char === marks[1]) return { inside, end: at + 1 };
    else inside += char;
  }
  return undefined;
}

function orEnd(text: string, at: number): number {
  return at < 0 ? text.length : at;
}
