import { holdsSecrets, isSecretColumn, nameKeysOf, PERSON_COLUMN } from './columns.js';

/** Sees a text with the name of its column, and gives what is to stand there. */
export type Visit = (column: string, text: string) => string;

/** Sees what one record calls people, by column. */
export type Link = (people: ReadonlyMap<string, string>) => void;

interface Frame {
  readonly isArray: boolean;
  /** The key under which the object or array stands, or that of the array around it. */
  readonly column: string;
  key: string;
  index: number;
  /** Texts that say what another text of the object is, by their keys in small letters. */
  names?: Map<string, string>;
  people?: Map<string, string>;
}

/** Behind a value, the name that it belongs to. */
const NAME_AFTER = /\s{0,16},\s{0,16}"(?:name|key|displayname|property)"\s{0,16}:\s{0,16}"((?:[^"\\]|\\.){0,128})"/iy;
/** How far `NAME_AFTER` can look. */
const LOOKAHEAD = 512;
/** Engines hold strings of about twice as many. */
const LONGEST = 256 * 1024 ** 2;

/**
 * Puts other texts into JSON, piece by piece and without a change to anything but strings: numbers keep all digits,
 * and blanks stay. The column of a string is the nearest key above it; in the answer of Log Analytics, whose rows are
 * arrays, the column at its place; of a value, what the object says that its name is, where that is the name of a
 * secret; and below the name of a secret, that.
 */
export class JsonStrings {
  private readonly stack: Frame[] = [];
  /** What is not decided yet, and how far it was searched for the end of a string. */
  private rest: string[] = [];
  private length = 0;
  private open: { escaped: boolean } | undefined;
  private columns: string[] = [];
  private rows = 0;
  private objects = 0;

  constructor(
    private readonly visit: Visit,
    private readonly link?: Link,
  ) {}

  /** Records so far: members of an array, rows of an answer, or objects one after the other. */
  get records(): number {
    return this.rows || this.objects;
  }

  /** What becomes of the next piece; what is not decided yet comes with the one after it. */
  write(piece: string): string {
    this.rest.push(piece);
    this.length += piece.length;
    if (this.length > LONGEST) throw new SyntaxError('a string is longer than 256 million characters');
    if (this.open !== undefined && piece !== '' && !closes(piece, this.open)) return '';
    const text = this.rest.length === 1 ? piece : this.rest.join('');
    this.rest = [];
    this.open = undefined;
    let out = '';
    let at = 0;
    let undecided = text.length;
    TOKEN.lastIndex = 0;
    for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
      const start = token.index;
      let end = start + 1;
      let after: string | undefined;
      if (token[0] === '"') {
        const state = { escaped: false };
        end = stringEnd(text, start + 1, state);
        if (end === -1) {
          undecided = start;
          this.open = state;
          break;
        }
        // Whether a string is a key shows after it, and so may what it is.
        after = /[^\s]/.exec(text.slice(end, end + 64))?.[0];
        const waits = after === undefined || (text.length - end < LOOKAHEAD && this.isValue());
        if (piece !== '' && waits) {
          undecided = start;
          break;
        }
      }
      out += text.slice(at, start) + this.take(text.slice(start, end), after === ':', text, end);
      at = end;
      TOKEN.lastIndex = end;
    }
    this.length = text.length - undecided;
    if (this.length > 0) this.rest = [text.slice(undecided)];
    return out + text.slice(at, undecided);
  }

  /** @throws SyntaxError when a string, an object or an array is not closed */
  end(): string {
    const out = this.write('');
    if (this.rest.length > 0 || this.stack.length > 0) throw new SyntaxError('it ends too early');
    return out;
  }

  private isValue(): boolean {
    const frame = this.stack.at(-1);
    return frame !== undefined && !frame.isArray && nameKeysOf(frame.key) !== undefined;
  }

  private take(token: string, isKey: boolean, text: string, end: number): string {
    const frame = this.stack.at(-1);
    if (token.startsWith('"')) return this.string(token, isKey, frame, text, end);
    if (token === ',') {
      if (frame !== undefined) frame.index += 1;
    } else if (token === '{' || token === '[') {
      const column = frame === undefined ? '' : frame.isArray || holdsSecrets(frame.column) ? frame.column : frame.key;
      if (token === '[' && column === 'columns') this.columns = [];
      this.stack.push({ isArray: token === '[', column, key: '', index: 0 });
    } else {
      const closed = this.stack.pop();
      if (closed?.people !== undefined && closed.people.size > 1) this.link?.(closed.people);
      const around = this.stack.at(-1);
      if (around === undefined) this.objects += closed?.isArray === false ? 1 : 0;
      else if (around.isArray && ROWS.test(around.column)) this.rows += 1;
    }
    return token;
  }

  private string(token: string, isKey: boolean, frame: Frame | undefined, text: string, end: number): string {
    const value = parsed(token);
    if (isKey && frame !== undefined) frame.key = value;
    else if (frame?.key === 'name' && frame.column === 'columns') this.columns.push(value);
    const column = isKey ? '' : this.columnOf(frame, text, end);
    if (!isKey && frame !== undefined && !frame.isArray) {
      frame.names ??= new Map();
      if (frame.names.size < 64) frame.names.set(frame.key.toLowerCase(), value.slice(0, 128));
      if (this.link !== undefined && PERSON_COLUMN.test(column)) {
        frame.people ??= new Map();
        frame.people.set(column, value);
      }
    }
    const changed = this.visit(column, value);
    return changed === value ? token : JSON.stringify(changed);
  }

  private columnOf(frame: Frame | undefined, text: string, end: number): string {
    if (frame === undefined) return '';
    if (holdsSecrets(frame.column)) return frame.column;
    if (!frame.isArray) {
      const name = this.nameOf(frame, text, end);
      return name !== undefined && isSecretColumn(name) ? name : frame.key;
    }
    const around = this.stack.at(-2);
    const isRow = around?.isArray === true && frame.column === 'rows';
    return (isRow ? this.columns[frame.index] : undefined) ?? frame.column;
  }

  /** What the object says that the value under its present key is called. */
  private nameOf(frame: Frame, text: string, end: number): string | undefined {
    const keys = nameKeysOf(frame.key);
    if (keys === undefined) return undefined;
    for (const key of keys) {
      const name = frame.names?.get(key);
      if (name !== undefined) return name;
    }
    NAME_AFTER.lastIndex = end;
    return NAME_AFTER.exec(text)?.[1];
  }
}

const TOKEN = /["{}[\],]/g;
const QUOTE_OR_ESCAPE = /["\\]/g;

/** Behind the quote that closes a string; -1 where none does, and then whether the text ends in an escape. */
function stringEnd(text: string, from: number, state: { escaped: boolean }): number {
  let at = from;
  if (state.escaped && at < text.length) {
    at += 1;
    state.escaped = false;
  }
  for (;;) {
    QUOTE_OR_ESCAPE.lastIndex = at;
    const found = QUOTE_OR_ESCAPE.exec(text);
    if (found === null) return -1;
    if (found[0] === '"') return found.index + 1;
    at = found.index + 2;
    if (at > text.length) {
      state.escaped = true;
      return -1;
    }
  }
}

function closes(piece: string, state: { escaped: boolean }): boolean {
  return stringEnd(piece, 0, state) !== -1;
}

function parsed(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    // What the engine says of it would quote it.
    throw new SyntaxError('a string holds a character or an escape that JSON does not allow');
  }
}

/** What the array of all records is called. */
const ROWS = /^(rows|results)?$/i;

/** JSON with its strings replaced; nothing for text that is no object or array. */
export function replaceInJson(text: string, visit: Visit, link?: Link): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const strings = new JsonStrings(visit, link);
  return strings.write(text) + strings.end();
}
