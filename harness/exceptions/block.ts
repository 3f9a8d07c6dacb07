import type { Allowlist } from '../detection/allowlist-schema.js';

/** The two comment lines between which a rule carries its exceptions. */
export const BEGIN = "// exceptions of allowlist.yaml begin: change them there, then run 'assay allowlist render'";
export const END = '// exceptions of allowlist.yaml end';

const BEGINS = /^[ \t]*\/\/ exceptions of allowlist\.yaml begin\b/;
const ENDS = /^[ \t]*\/\/ exceptions of allowlist\.yaml end\b/;

/** A rule's text around its block. */
export interface Split {
  readonly before: string;
  /** The block with its comment lines, each ended by a line break; absent where there is none. */
  readonly block?: string;
  readonly after: string;
}

/** A block that is not one: a line without its other, or several. */
export class BlockError extends Error {
  /** @param line in the rule's text, 1-based */
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
    this.name = 'BlockError';
  }
}

/**
 * Takes a rule's text apart at its block.
 *
 * @throws BlockError for a begin without an end, an end without a begin, or more than one block
 */
export function splitBlock(text: string): Split {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const begins = lines.flatMap((line, i) => (BEGINS.test(line) ? [i] : []));
  const ends = lines.flatMap((line, i) => (ENDS.test(line) ? [i] : []));
  const [from, second] = begins;
  const [to, other] = ends;
  if (from === undefined && to === undefined) return { before: text, after: '' };
  if (second !== undefined)
    throw new BlockError(second + 1, 'A rule has one block of exceptions; here a second begins.');
  if (from === undefined) throw new BlockError((to ?? 0) + 1, 'A block of exceptions ends here that begins nowhere.');
  if (to === undefined) throw new BlockError(from + 1, 'A block of exceptions begins here that does not end.');
  if (other !== undefined) throw new BlockError(other + 1, 'A block of exceptions ends here a second time.');
  if (to < from) throw new BlockError(to + 1, 'The block of exceptions ends before it begins.');
  const part = (a: number, b?: number): string => lines.slice(a, b).join('');
  return { before: part(0, from), block: part(from, to + 1), after: part(to + 1) };
}

/** Whether a text holds a line that would be read as one of the two comment lines. */
export function holdsMarker(text: string): boolean {
  return text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).some((line) => BEGINS.test(line) || ENDS.test(line));
}

export interface Rendered extends Readonly<Omit<Allowlist['exceptions'][number], 'expiry'>> {
  readonly expiry: string;
  /** Whether the condition may be null for a row, which must not hide it. */
  readonly nullable: boolean;
}

/**
 * The block for exceptions, each line ended by a line break. Without any it is the two comment lines, which keep the place.
 *
 * @param indent what stands before each line
 */
export function blockOf(exceptions: readonly Rendered[], indent = ''): string {
  return blockWith(
    exceptions.length === 0
      ? []
      : [
          '| where not(',
          ...exceptions.flatMap((exception, i) => [
            `    // ${inComment(exception.reason)} (${inComment(exception.owner)}, until ${exception.expiry})`,
            ...conditionLines(exception).map((line, j) => (j > 0 ? line : i === 0 ? `    ${line}` : `    or ${line}`)),
          ]),
          '  )',
        ],
    indent,
  );
}

/** The block around lines of operators. */
export function blockWith(lines: readonly string[], indent: string): string {
  return [BEGIN, ...lines, END].map((line) => `${indent}${line}\n`).join('');
}

/**
 * A condition in parentheses. Its own line breaks stay: they may be part of a comment. A line is not indented, for it may
 * be inside a string.
 */
function conditionLines({ condition, nullable }: Rendered): string[] {
  const lines = condition.trim().split(/\r\n|\n/);
  const [open, close] = nullable ? ['coalesce((', '), false)'] : ['(', ')'];
  if (lines.length === 1 && !COMMENT.test(condition.replace(STRINGS, "''"))) return [`${open}${lines[0]}${close}`];
  return [`${open}${lines[0] ?? ''}`, ...lines.slice(1), close];
}

const STRINGS = /@"(?:[^"]|"")*"|@'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
const COMMENT = /\/\//;

/** Text for a comment: nothing in it may end the line. */
function inComment(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}
