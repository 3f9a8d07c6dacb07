/**
 * Regular expressions as KQL's engine runs them: the syntax and the meaning of Rust's `regex` library, where `\d`, `\w`,
 * `\s` and `\b` know all of Unicode (learn.microsoft.com, "KQL regex syntax"). DuckDB has RE2, whose `\d` is `[0-9]`.
 *
 * So a constant pattern runs on RE2 where both agree, on RE2 for ASCII text alone where they differ only beyond ASCII,
 * and on Rust's own library (compiled to WebAssembly) for the rest. Both engines take time linear in the text.
 */
import { createRequire } from 'node:module';
import type { Captures, RRegex } from 'rregex';
import { Refusal } from '../errors.js';

/** How a pattern can run on RE2. */
export interface Re2Plan {
  /** The pattern in RE2's syntax; `undefined` when RE2 cannot run it. */
  readonly pattern: string | undefined;
  /** True when RE2's answer holds for ASCII text only. */
  readonly asciiOnly: boolean;
  /** Number of capture groups, without the whole match. */
  readonly groups: number;
  /**
   * True when no match is empty or depends on what stands around it. Only then does DuckDB's `regexp_extract_all()` find
   * all matches and no others: it searches each rest of the text as if it were the whole.
   */
  readonly listable: boolean;
}

/** How many compiled patterns stay in memory: patterns may come from data. */
const REMEMBERED = 256;
/** Start of the names given to groups without one. */
const KEY = 'assay_';
/** RE2 refuses repetitions that multiply to more than this. */
const RE2_REPEATS = 1000;
/** Blanks and the rest, for inside a class: RE2's own `\s` leaves out the vertical tab. */
const BLANK = '\\t-\\r ';
const NOT_BLANK = '\\x00-\\x08\\x0e-\\x1f!-\\x{10FFFF}';
const CATEGORY = /^(?:L[ltumo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfos]?)$/;

/** A match: byte offsets in the text's UTF-8, and the text of each group, `''` where a group took no part. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly string[];
}

/** A pattern compiled by Rust's `regex`. */
export class RustRegex {
  /** Names of the groups, the whole match first; `null` where the pattern names none. */
  readonly names: readonly (string | null)[];

  private constructor(
    private readonly plain: RRegex,
    /** The same pattern with every group named, since the library tells only named groups from absent ones. */
    private readonly named: RRegex,
    private readonly keys: readonly (string | null)[],
  ) {
    this.names = plain.captureNames();
  }

  /** @returns the compiled pattern, or `undefined` when it is none */
  static compile(pattern: string): RustRegex | undefined {
    const plain = attempt(pattern);
    if (typeof plain === 'string') return undefined;
    const withNames = nameGroups(pattern);
    const named = withNames === pattern ? plain : attempt(withNames);
    const keys = typeof named === 'string' ? [] : named.captureNames();
    if (typeof named === 'string' || keys.length !== plain.capturesLength() || keys.slice(1).includes(null)) {
      throw new Refusal('unsupported-regex', `The groups of ${JSON.stringify(pattern)} cannot be told apart.`);
    }
    return new RustRegex(plain, named, keys);
  }

  test(text: string): boolean {
    return this.plain.isMatch(text);
  }

  count(text: string): number {
    return this.plain.findAll(text).length;
  }

  first(text: string): RegexMatch | undefined {
    const found = this.named.captures(text);
    return found && this.match(found);
  }

  all(text: string): RegexMatch[] {
    return this.named.capturesAll(text).map((found) => this.match(found));
  }

  free(): void {
    this.plain.free();
    if (this.named !== this.plain) this.named.free();
  }

  private match({ get: [whole], name }: Captures): RegexMatch {
    const groups = this.keys.map((key) => (key === null ? whole : name[key])?.value ?? '');
    return { start: whole?.start ?? 0, end: whole?.end ?? 0, groups };
  }
}

const plans = new Map<string, Re2Plan>();
const compiled = new Map<string, RustRegex | undefined>();
let library: typeof import('rregex') | undefined;

/** The compiled pattern, or `undefined` when it is not a regular expression of Rust's `regex`. */
export function rust(pattern: string): RustRegex | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  const regex = RustRegex.compile(pattern);
  if (compiled.size >= REMEMBERED) {
    const [oldest] = compiled.keys();
    if (oldest !== undefined) {
      compiled.get(oldest)?.free();
      compiled.delete(oldest);
    }
  }
  compiled.set(pattern, regex);
  return regex;
}

/**
 * Decides how a constant pattern runs.
 *
 * @throws Refusal `unsupported-regex` with the reason when the pattern is not valid
 */
export function planRegex(pattern: string): Re2Plan {
  const known = plans.get(pattern);
  if (known) return known;
  const regex = attempt(pattern);
  if (typeof regex === 'string') {
    throw new Refusal('unsupported-regex', `The regular expression ${JSON.stringify(pattern)} cannot run: ${regex}.`);
  }
  const groups = regex.capturesLength() - 1;
  const empty = regex.isMatch('');
  regex.free();
  const { assertions, ...plan } = new Translator(pattern).translate();
  const made = { ...plan, groups, listable: !assertions && !empty };
  if (plans.size >= REMEMBERED) plans.clear();
  plans.set(pattern, made);
  return made;
}

function attempt(pattern: string): RRegex | string {
  // Loaded on first use: compiling its WebAssembly takes about 30 ms, which a cached rule need not pay.
  library ??= createRequire(import.meta.url)('rregex') as typeof import('rregex');
  try {
    return new library.RRegex(pattern);
  } catch (error) {
    const reason = String(error).trim().split('\n').at(-1) ?? '';
    return reason.replace(/^(Error|error): /, '').replace(/\.$/, '');
  }
}

/** A pattern with a name for every capture group. */
function nameGroups(pattern: string): string {
  let groups = 0;
  let depth = 0;
  return pattern.replace(/\\[\s\S]|\[\^?\]?|\]|\((?!\?)|\(\?P?<(?![=!])[^>]*>/g, (token) => {
    if (token.startsWith('\\')) return token;
    if (token.startsWith('[')) depth++;
    else if (token === ']') depth = Math.max(0, depth - 1);
    else if (depth === 0) return token === '(' ? `(?P<${KEY}${++groups}>` : token;
    return token;
  });
}

class Untranslatable extends Error {}

/**
 * Rewrites a valid Rust pattern for RE2, atom by atom. What is not known to mean the same in both is given up on, never
 * guessed.
 */
class Translator {
  private at = 0;
  private out = '';
  private asciiOnly = false;
  private assertions = false;
  /** Largest product of repetitions within each open group; the last is of the group just closed or the atom just read. */
  private readonly open: number[] = [1];
  private atom = 1;

  constructor(private readonly text: string) {}

  translate(): { pattern: string | undefined; asciiOnly: boolean; assertions: boolean } {
    try {
      while (this.at < this.text.length) this.next();
      return { pattern: this.out, asciiOnly: this.asciiOnly, assertions: this.assertions };
    } catch (error) {
      if (error instanceof Untranslatable) return { pattern: undefined, asciiOnly: false, assertions: true };
      throw error;
    }
  }

  private next(): void {
    const char = this.text[this.at];
    if (char === '(') this.group();
    else if (char === ')') this.close();
    else if (char === '[') this.class();
    else if (char === '\\') this.single(this.escape(false));
    else if (char === '*' || char === '+' || char === '?' || char === '{') this.repeat();
    else {
      if (char === '^' || char === '$') this.assertions = true;
      this.single(this.take(1));
    }
  }

  private single(text: string): void {
    this.out += text;
    this.ended(1);
  }

  /** Notes the repetitions of the atom just written. */
  private ended(repeats: number): void {
    this.atom = repeats;
    this.open.push(Math.max(this.open.pop() ?? 1, repeats));
  }

  private group(): void {
    const head = /\(\?P?<([A-Za-z_]\w*)>|\(\?([imsU-]+)([:)])|\(\?:|\((?!\?)/y;
    head.lastIndex = this.at;
    const match = head.exec(this.text);
    if (!match) throw new Untranslatable();
    this.at = head.lastIndex;
    this.out += match[1] === undefined ? match[0] : `(?P<${match[1]}>`;
    if (match[3] !== ')') this.open.push(1);
  }

  private close(): void {
    this.out += this.take(1);
    this.ended(this.open.pop() ?? 1);
  }

  private repeat(): void {
    const quantifier = /(?:[*+?]|\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\})(\??)(?![*+?{])/y;
    quantifier.lastIndex = this.at;
    const match = quantifier.exec(this.text);
    if (!match) throw new Untranslatable();
    this.at = quantifier.lastIndex;
    const times = Math.max(1, Number(match[1] ?? 1), Number(match[3] || 1));
    if (times * this.atom > RE2_REPEATS) throw new Untranslatable();
    this.out += match[0].replaceAll(/\s/g, '');
    this.ended(times * this.atom);
  }

  private class(): void {
    let text = this.take(1);
    if (this.text[this.at] === '^') text += this.take(1);
    if (this.text[this.at] === ']') {
      text += '\\]';
      this.at++;
    }
    while (this.text[this.at] !== ']') {
      const named = /\[:\^?[a-z]+:\]/y;
      named.lastIndex = this.at;
      const match = named.exec(this.text);
      if (match) text += this.take(match[0].length);
      else if (/^(?:\[|&&|--|~~)/.test(this.text.slice(this.at, this.at + 2))) throw new Untranslatable();
      else text += this.text[this.at] === '\\' ? this.escape(true) : this.take(1);
    }
    this.at++;
    this.single(`${text}]`);
  }

  private escape(inClass: boolean): string {
    const rest = this.text.slice(this.at, this.at + 16);
    const category = /^\\[pP](?:\{(\w+)\}|([A-Z]))/.exec(rest);
    if (category) {
      if (!CATEGORY.test(category[1] ?? category[2] ?? '')) throw new Untranslatable();
      return this.take(category[0].length);
    }
    const code = /^\\x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]+\})/.exec(rest);
    if (code) return this.take(code[0].length);
    if (!inClass && /^\\[bBAz]/.test(rest)) this.assertions = true;
    if (/^\\[dDsSwW]/.test(rest) || (!inClass && /^\\[bB](?!\{)/.test(rest))) {
      this.asciiOnly = true;
      const text = this.take(2);
      const blanks = text === '\\s' ? BLANK : text === '\\S' ? NOT_BLANK : undefined;
      if (blanks === undefined) return text;
      return inClass ? blanks : `[${blanks}]`;
    }
    if (/^\\[ntrfva]/.test(rest) || (!inClass && /^\\[Az]/.test(rest))) return this.take(2);
    if (/^\\_/.test(rest)) {
      this.at += 2;
      return '_';
    }
    if (/^\\[!-/:;=?@[-^`{-~ ]/.test(rest)) return this.take(2);
    throw new Untranslatable();
  }

  private take(length: number): string {
    const text = this.text.slice(this.at, this.at + length);
    this.at += length;
    return text;
  }
}
