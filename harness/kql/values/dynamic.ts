import { Refusal } from '../errors.js';

/**
 * Values of type `dynamic`, as JSON text in the engine and as this tree in TypeScript.
 *
 * JSON's own parser does not do: a `long` has 64 bits, `1` and `1.0` are different types in KQL, and keys keep their
 * order even when they look like numbers.
 */
export type Dynamic = null | boolean | bigint | number | string | readonly Dynamic[] | DynamicBag;
export type DynamicBag = ReadonlyMap<string, Dynamic>;

const NOT_FINITE = /(-?)(nan|inf(?:inity)?)/iy;
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** How deep a value may nest: what walks through values calls itself once a level. */
export const MAX_DEPTH = 256;

/**
 * Parses JSON text. Whole numbers within 64 bits become bigint, all other numbers become number.
 *
 * @param words whether NaN and the infinities stand for numbers, as they do for DuckDB
 * @returns the value, or `undefined` when the text is not JSON
 * @throws Refusal when it nests deeper than `MAX_DEPTH`
 */
export function parseDynamic(text: string, words = false): Dynamic | undefined {
  const reader = new Reader(text, words);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/** Minified JSON text of a value: a real always shows a point or an exponent, `NaN` and the infinities are strings. */
export function printDynamic(value: Dynamic): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    case 'number':
      return printReal(value);
    case 'string':
      return quoted(value);
    default:
      if (isBag(value)) {
        return `{${[...value].map(([key, item]) => `${quoted(key)}:${printDynamic(item)}`).join(',')}}`;
      }
      return `[${value.map(printDynamic).join(',')}]`;
  }
}

export function isBag(value: Dynamic): value is DynamicBag {
  return value instanceof Map;
}

export function isArray(value: Dynamic): value is readonly Dynamic[] {
  return Array.isArray(value);
}

/** A JSON string as DuckDB's `to_json()` writes it, whose escapes of control characters have upper-case digits. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(/\\(?:u00([01][0-9a-f])|.)/g, (found, digits?: string) =>
    digits === undefined ? found : `\\u00${digits.toUpperCase()}`,
  );
}

function printReal(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const TOO_DEEP = `A dynamic value is nested more than ${MAX_DEPTH} levels deep.`;

class NotJson extends Error {}

class Reader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly words: boolean,
  ) {}

  document(): Dynamic {
    const value = this.value();
    this.space();
    if (this.at !== this.text.length) throw new NotJson();
    return value;
  }

  private value(): Dynamic {
    this.space();
    const char = this.text[this.at];
    if (char === '{') return this.nested(() => this.bag());
    if (char === '[') return this.nested(() => this.array());
    if (char === '"') return this.string();
    if (char === 't') return this.word('true', true);
    if (char === 'f') return this.word('false', false);
    if (char === 'n' && this.text.startsWith('null', this.at)) return this.word('null', null);
    return this.number();
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new Refusal('resource-limit', TOO_DEEP);
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private bag(): DynamicBag {
    const bag = new Map<string, Dynamic>();
    this.space();
    if (this.take('}')) return bag;
    do {
      this.space();
      const key = this.string();
      this.space();
      if (!this.take(':')) throw new NotJson();
      // Of a key that is there twice the first value counts, as it does for DuckDB.
      const value = this.value();
      if (!bag.has(key)) bag.set(key, value);
      this.space();
    } while (this.take(','));
    if (!this.take('}')) throw new NotJson();
    return bag;
  }

  private array(): Dynamic[] {
    const items: Dynamic[] = [];
    this.space();
    if (this.take(']')) return items;
    do {
      items.push(this.value());
      this.space();
    } while (this.take(','));
    if (!this.take(']')) throw new NotJson();
    return items;
  }

  private string(): string {
    const from = this.at;
    if (this.text[from] !== '"') throw new NotJson();
    let at = from + 1;
    for (;;) {
      const char = this.text[at];
      if (char === undefined) throw new NotJson();
      if (char === '"') break;
      at += char === '\\' ? 2 : 1;
    }
    this.at = at + 1;
    try {
      return JSON.parse(this.text.slice(from, this.at)) as string;
    } catch {
      throw new NotJson();
    }
  }

  private number(): bigint | number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (!match) return this.notFinite();
    this.at = NUMBER.lastIndex;
    if (match[1] === undefined && match[2] === undefined) {
      const whole = BigInt(match[0]);
      if (whole >= LONG_MIN && whole <= LONG_MAX) return whole;
    }
    return Number(match[0]);
  }

  private notFinite(): number {
    NOT_FINITE.lastIndex = this.at;
    const match = this.words ? NOT_FINITE.exec(this.text) : null;
    if (!match) throw new NotJson();
    this.at = NOT_FINITE.lastIndex;
    if (match[2]?.toLowerCase() === 'nan') return Number.NaN;
    return match[1] === '-' ? -Infinity : Infinity;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new NotJson();
    this.at += word.length;
    return value;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private space(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text[this.at] as string)) this.at++;
  }
}
