import type { Secret } from './findings.js';
import { isSecretName, isSecretParameter, isSessionName } from './names.js';
import { Quotes } from './quotes.js';

/** What may be the name of something: of a variable, option, key, parameter, tag or word of a sentence. */
export const NAME = /[\p{L}\p{N}_]+(?:[.-][\p{L}\p{N}_]+)*/gu;

/** Signs between a name and its value, those of addresses within addresses as well. */
const SIGN = /%(?:25){0,4}3[AD]|==?>?|:=?|：|->/iy;
const CLOSING = /(?:\\{0,8}["'`]|&quot;|[\]}]){0,3}/y;
const BLANKS = /[ \t]{0,40}/y;
const FEW_BLANKS = /[ \t]{0,3}/y;
/** What says in a sentence that a value follows. */
const IS =
  /(?:(?:is|was|are|lautet|ist|est|es|é|är|jest|to)[ \t]{1,3}(?::[ \t]{0,3})?|(?:is|lautet|ist|est):[ \t]{0,3})/iy;
/** Between the name that an element has as attribute and its value. */
const ATTRIBUTE = /[ \t\r\n]{1,3}value[ \t]{0,3}=[ \t]{0,3}/iy;
/** Signs that are of a value unless something else begins behind them. */
const BREAK = /[,;)\]}](?=$|[\s"'`,;)\]}\\/|&>-]|[\w. -]{1,40}[=:])/y;
const STOP = /[\s"'`&|<>]|%(?:25){0,4}26/giy;

/** What stands for a value that is not there, or is no secret. */
const PLACEHOLDER =
  /^(?:%[\w()]{1,64}%?|\$(?:env:)?[A-Za-z_][\w:.]{0,64}|\$[({].{0,256}|[<{[(].{0,256}[>})\]]|[*.x•-]+|@?\(.{0,64}|true|false|null|none|nil|undefined|yes|no|not|required|redacted|string|prompt|changed|expired|bearer|basic|negotiate|ntlm|digest|token|apikey|-?\d{1,3}|!!\w{1,9}|\|-?|>-?)$/i;

const LONGEST_NAME = 128;
/** Of a value whose end is not clear. */
const LONGEST_VALUE = 4096;

/** The end of a tag, and of one within it. */
const ELEMENT = />(?:\s{0,40}<[\w:.-]{1,64}>)?/y;

/** Whether a value says nothing: a variable, a gap to fill in, or a word that is none. */
export function isPlaceholder(value: string): boolean {
  return value === '' || PLACEHOLDER.test(value);
}

/** The values that a text gives names of secrets: `DB_PASSWORD=…`, `"token": "…"`, `<password>…<`, `the password is …`. */
export function findAssignments(text: string): Secret[] {
  const found: Secret[] = [];
  const quotes = new Quotes(text);
  let settled = 0;
  for (const match of text.matchAll(NAME)) {
    const [word] = match;
    if (match.index < settled || word.length > LONGEST_NAME) continue;
    const encoded = text[match.index - 1] === '%' ? /^(?:25){0,4}[0-9A-F]{2}/i.exec(word)?.[0] : undefined;
    const name = encoded === undefined ? word : word.slice(encoded.length);
    const isParameter =
      encoded !== undefined ? /(?:3F|26|23)$/i.test(encoded) : /[?&#]/.test(text[match.index - 1] ?? '');
    const kind = kindOf(name, isParameter);
    if (kind === undefined) continue;
    const value = valueAfter(text, quotes, match.index, match.index + word.length, isParameter);
    if (value === undefined) continue;
    const [start, end] = value;
    const secret = text.slice(start, end);
    if (isPlaceholder(secret) || isFolder(name, secret)) continue;
    if (kind !== 'named value' && secret.length < 8 && !/^(?:x-amz-|sig)/i.test(name)) continue;
    found.push({ start, end, kind, keepsForm: false });
    settled = end;
  }
  return found;
}

function kindOf(name: string, isParameter: boolean): string | undefined {
  if (isSecretName(name)) return 'named value';
  if (isSessionName(name)) return 'session';
  return isParameter && isSecretParameter(name) ? 'parameter of an address' : undefined;
}

function valueAfter(
  text: string,
  quotes: Quotes,
  nameStart: number,
  nameEnd: number,
  isParameter: boolean,
): readonly [number, number] | undefined {
  const skip = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at;
    return at + (pattern.exec(text)?.[0].length ?? 0);
  };
  const closed = skip(CLOSING, nameEnd);
  const blank = skip(BLANKS, closed);
  let at = skip(SIGN, blank);
  let prose = false;
  if (at > blank) {
    if (text.startsWith('::', blank)) return undefined;
  } else if (text[closed] === '>' && /[<:]/.test(text[nameStart - 1] ?? '')) {
    ELEMENT.lastIndex = closed;
    const from = closed + (ELEMENT.exec(text)?.[0].length ?? 1);
    return [from, endWithin(text, from, /[<\r\n]/)];
  } else if (closed > nameEnd && text[blank] === ',') {
    at = skip(BLANKS, blank + 1);
    if (quotes.opening(at) === undefined) return undefined;
  } else if (closed > nameEnd && skip(ATTRIBUTE, closed) > closed) {
    at = skip(ATTRIBUTE, closed);
  } else {
    at = skip(IS, blank);
    if (at === blank || blank === closed) return chosenNearby(text, nameEnd);
    prose = true;
  }
  at = skip(FEW_BLANKS, at);
  if (!prose && /\s/.test(text[at - 1] ?? '')) at = skip(IS, at);
  const quoted = quotes.at(at);
  if (quoted !== undefined) return [quoted.start, quoted.end];
  const opening = quotes.opening(at);
  // A text that was cut off within the value.
  if (opening !== undefined) return [at + opening.length, endWithin(text, at + opening.length, /[\r\n]/)];
  if (text[at] === '{' && /[^\s"']/.test(text[at + 1] ?? ' ')) return [at + 1, endWithin(text, at + 1, /[}\r\n]/)];
  const end = bareEnd(text, at, isParameter);
  const value = text.slice(at, end);
  if (prose && /^[\p{L}'-]+[.,!?]?$/u.test(value)) return chosenNearby(text, end);
  return [at, end];
}

/** The end of a value without quotes. */
export function bareEnd(text: string, start: number, isParameter = false): number {
  for (let at = start; at < text.length; at += 1) {
    STOP.lastIndex = at;
    if (STOP.test(text) || (isParameter && text[at] === '#')) return at;
    BREAK.lastIndex = at;
    if (at > start && BREAK.test(text)) return at;
  }
  return text.length;
}

/** Where a value ends that goes on to some sign. */
function endWithin(text: string, from: number, sign: RegExp): number {
  const length = text.slice(from, from + LONGEST_VALUE).search(sign);
  return length === -1 ? Math.min(text.length, from + LONGEST_VALUE) : from + length;
}

const WORD = /[^\s"'`<>]+/g;
const NEARBY = 80;

/** The first word on the same line, not far behind, that looks like a password. */
function chosenNearby(text: string, from: number): readonly [number, number] | undefined {
  const line = text.slice(from, from + NEARBY).split(/[\r\n]/, 1)[0] ?? '';
  for (const { 0: word, index } of line.matchAll(WORD)) {
    // A word at the end of what was looked at may go on.
    const end = index + word.length === NEARBY ? bareEnd(text, from + index) : from + index + word.length;
    if (looksChosen(word)) return [from + index, end];
  }
  return undefined;
}

/** Whether a word is written as people choose passwords: of letters and digits with a sign, or of all kinds of letters. */
export function looksChosen(word: string): boolean {
  if (word.length < 6 || word.length > 64 || /[\\/:=,;()[\]{}]|^[-$%@.]|\.\w{1,4}$/.test(word)) return false;
  if (!/\p{L}/u.test(word) || !/\d/.test(word)) return false;
  return /[!#$%&*?+~^@€§]/.test(word) || (/\p{Ll}/u.test(word) && /\p{Lu}/u.test(word) && word.length >= 8);
}

/** `PWD` is the folder of a shell as well. */
function isFolder(name: string, value: string): boolean {
  return /^(?:old)?pwd$/i.test(name) && /^(?:[/~]|[A-Za-z]:[\\/])/.test(value);
}
