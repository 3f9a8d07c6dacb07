/**
 * Matching of terms (`has` and its kin).
 *
 * A term is a maximal run of letters and digits of any script; the underscore is not one of them. A needle matches where
 * it occurs such that it is not the inner part of a longer term: beside an edge of the needle that is a letter or digit
 * stands none in the text. So a needle may hold or begin with other characters (`.exe`), and an empty needle matches
 * everything.
 *
 * Two texts are equal but for case when DuckDB's `lower()` makes them the same.
 */
import { once } from './once.js';
import type { EmitContext, HostFunction } from './registry.js';

/** Which edges of the needle must be edges of a term. */
export type TermEdge = 'whole' | 'prefix' | 'suffix';

export interface TermOptions {
  readonly caseSensitive: boolean;
  /** Default `whole`. */
  readonly edge?: TermEdge;
}

const TERM = '\\p{L}\\p{Nd}';
const TERM_CHAR = new RegExp(`^[${TERM}]$`, 'u');
/** Alternatives of one pattern stay below this many characters, so that RE2 has memory for its automaton. */
const PATTERN_LENGTH = 8_192;
/** Up to this many needles, looking for them as plain text first is faster than the pattern. */
const FEW = 2;

/**
 * SQL of "the text has one of these terms".
 *
 * @param sql text, as SQL of type string
 */
export function hasTerm(
  sql: string,
  needles: string | readonly string[],
  options: TermOptions,
  context: EmitContext,
): string {
  const wanted = [...new Set(typeof needles === 'string' ? [needles] : needles)];
  if (wanted.length === 0) return 'false';
  if (wanted.includes('')) return 'true';
  const edges = options.edge ?? 'whole';
  const needle = (text: string): Needle => ({
    text,
    left: edges !== 'suffix' && isTermChar(first(text)),
    right: edges !== 'prefix' && isTermChar(last(text)),
  });
  const all = wanted.map(needle);
  const plain = all.filter((item) => !item.left && !item.right);
  const bound = all.filter((item) => item.left || item.right);
  const tests = plain.map((item) => containsText(sql, item.text, options.caseSensitive, context));
  for (const group of chunks(bound)) tests.push(matchGroup(sql, group, options.caseSensitive, context));
  return tests.length === 1 ? `${tests[0]}` : `(${tests.join(' OR ')})`;
}

/** SQL of "the text contains this text". */
export function containsText(sql: string, needle: string, caseSensitive: boolean, context: EmitContext): string {
  return `contains(${fold(sql, caseSensitive || !hasCase(needle))}, ${foldedLiteral(needle, caseSensitive, context)})`;
}

/**
 * SQL of "a pattern of RE2 occurs in the text".
 *
 * It is written as a match of the whole text: DuckDB takes that test alone for one that never fails, and evaluates it
 * once for each distinct value of a column instead of once for each row.
 */
export function occurs(sql: string, pattern: string, context: EmitContext): string {
  return `regexp_full_match(${sql}, ${context.literal(`(?s:.*)(?:${pattern})(?s:.*)`, 'string')})`;
}

/** SQL of a text in the form in which it is compared. */
export function fold(sql: string, caseSensitive: boolean): string {
  return caseSensitive ? sql : `lower(${sql})`;
}

/** SQL of a constant in the form in which it is compared: DuckDB's own `lower()` does it, so that both sides agree. */
export function foldedLiteral(text: string, caseSensitive: boolean, context: EmitContext): string {
  const quoted = context.literal(text, 'string');
  return caseSensitive || !hasCase(text) ? quoted : `lower(${quoted})`;
}

/** False when no other text folds to this one. */
export function hasCase(text: string): boolean {
  return text.toLowerCase() !== text || text.toUpperCase() !== text;
}

/** A text as `lower()` of DuckDB gives it: character by character. */
export function lowerText(text: string): string {
  return Array.from(text, (char) => (char === '\u0130' ? 'i' : char.toLowerCase())).join('');
}

export function isTermChar(char: string): boolean {
  return TERM_CHAR.test(char);
}

/** Whether a text has a term; both already folded. */
export function hasTermIn(text: string, needle: string, edge: TermEdge = 'whole'): boolean {
  if (needle === '') return true;
  const left = edge !== 'suffix' && isTermChar(first(needle));
  const right = edge !== 'prefix' && isTermChar(last(needle));
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    const end = at + needle.length;
    if (
      !(left && isTermChar(last(text.slice(Math.max(0, at - 2), at)))) &&
      !(right && isTermChar(first(text.slice(end, end + 2))))
    )
      return true;
  }
  return false;
}

/** Host functions for needles that are not known at compile time; both arguments folded. */
export const termHosts: Readonly<Record<TermEdge, HostFunction>> = {
  whole: termHost('has_term', 'whole'),
  prefix: termHost('has_term_prefix', 'prefix'),
  suffix: termHost('has_term_suffix', 'suffix'),
};

interface Needle {
  readonly text: string;
  readonly left: boolean;
  readonly right: boolean;
}

function termHost(name: string, edge: TermEdge): HostFunction {
  return {
    name,
    params: ['string', 'string'],
    returns: 'bool',
    run: (text: string, needle: string) => hasTermIn(text, needle, edge),
  };
}

function matchGroup(sql: string, group: readonly Needle[], caseSensitive: boolean, context: EmitContext): string {
  const ascii = group.every(({ text }) => isAscii(text));
  // RE2's own case folding knows a few pairs more than lower(); for ASCII needles those can be spelled out.
  const folding = !caseSensitive && group.some(({ text }) => hasCase(text));
  const spelled = folding && ascii;
  const write = !folding ? quoteRegex : spelled ? spell : (text: string) => quoteRegex(lowerText(text));
  const pattern = `${spelled ? '(?i)' : ''}${termPattern(group, write)}`;
  const test = (subject: string) => occurs(fold(subject, !folding || spelled), pattern, context);
  if (group.length > FEW) return test(sql);
  return once([sql], (subject) => {
    const present = group.map(({ text }) => containsText(subject, text, caseSensitive, context)).join(' OR ');
    return `((${present}) AND ${test(subject)})`;
  });
}

function termPattern(group: readonly Needle[], write: (text: string) => string): string {
  const kinds = [
    { left: true, right: true },
    { left: true, right: false },
    { left: false, right: true },
  ];
  return kinds
    .map(({ left, right }) => {
      const texts = group.filter((item) => item.left === left && item.right === right).map(({ text }) => write(text));
      if (texts.length === 0) return '';
      return `${left ? `(?:^|[^${TERM}])` : ''}(?:${texts.join('|')})${right ? `(?:$|[^${TERM}])` : ''}`;
    })
    .filter((alternative) => alternative !== '')
    .join('|');
}

/**
 * A pattern for an ASCII text, under `(?i)`, that matches exactly what `lower()` makes equal to it: RE2 folds the long s
 * with `s`, which `lower()` does not, and not the dotted capital I with `i`, which `lower()` does.
 */
function spell(text: string): string {
  return Array.from(lowerText(text), (char) => {
    if (char === 'i') return '[iI\\x{130}]';
    return char === 's' ? '(?-i:[sS])' : quoteRegex(char);
  }).join('');
}

/** A text as a pattern that matches it alone. */
export function quoteRegex(text: string): string {
  return Array.from(text, (char) =>
    /[0-9A-Za-z_]/.test(char) || char > '\x7f' ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  ).join('');
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text);
}

function chunks(needles: readonly Needle[]): Needle[][] {
  const groups: Needle[][] = [];
  let length = PATTERN_LENGTH;
  for (const needle of needles) {
    length += needle.text.length;
    if (length > PATTERN_LENGTH) {
      groups.push([]);
      length = needle.text.length;
    }
    groups.at(-1)?.push(needle);
  }
  return groups;
}

function first(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0);
}

function last(text: string): string {
  return Array.from(text.slice(-2)).at(-1) ?? '';
}
