import { literalLists } from '../detection/lists.js';
import { placeAt } from '../files/places.js';
import { bindText, isNode, kindOf, type Names } from '../kql/syntax.js';

type Element = Kusto.Language.Syntax.SyntaxElement;

/** An entry of a list of strings, as it is written. */
export interface WrittenEntry {
  readonly written: string;
  readonly start: number;
}

/** A token of a rule's text, or all entries of a list of strings as one piece: their order and commas say nothing. */
export interface Piece {
  readonly text: string;
  /** Spaces and comments before it. */
  readonly lead: string;
  readonly start: number;
  readonly end: number;
  readonly list?: { readonly name: string; readonly entries: readonly WrittenEntry[]; readonly bracketed: boolean };
}

/** Offsets of a clause: an operator with its bar, a statement, an operand of `and` or `or`. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface PiecedText {
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly clauses: readonly Stretch[];
}

const LIST_OPERATORS: ReadonlySet<string> = new Set(['in', 'in~', '!in', '!in~', 'has_any', 'has_all']);

/** Takes a rule's text apart. A text with errors is taken apart as far as the parser can read it. */
export function piecesOf(text: string, names: Names): PiecedText {
  const { block } = bindText(text, names);
  return { text, pieces: withLists([...tokensOf(block)], text, names), clauses: clausesOf(block, text) };
}

function* tokensOf(element: Element): Generator<Piece> {
  if (element.IsToken) {
    const token = element as Kusto.Language.Syntax.SyntaxToken;
    const { TextStart: start, End: end } = token;
    if (end > start) yield { text: token.Text ?? '', lead: token.Trivia ?? '', start, end };
    return;
  }
  for (let i = 0; i < element.ChildCount; i++) {
    const child = element.GetChild(i);
    if (child !== null) yield* tokensOf(child);
  }
}

function withLists(tokens: readonly Piece[], text: string, names: Names): Piece[] {
  const named = new Map(
    literalLists(text, names).lists.flatMap(({ name, entries: [first] }) =>
      first === undefined ? [] : [[`${first.line}:${first.column}`, name] as const],
    ),
  );
  const pieces: Piece[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Piece;
    const entries = entriesFrom(tokens, i);
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) {
      pieces.push(token);
      continue;
    }
    const { line, column } = placeAt(text, first.start);
    pieces.push({
      text: text.slice(first.start, last.end),
      lead: first.lead,
      start: first.start,
      end: last.end,
      list: {
        name: named.get(`${line}:${column}`) ?? 'list',
        entries: entries.map((entry) => ({ written: entry.text, start: entry.start })),
        bracketed: tokens[i - 1]?.text === '[',
      },
    });
    i += 2 * entries.length - 2;
  }
  return pieces;
}

/** The entries of the list of strings that begins at a token; none where there is no list. */
function entriesFrom(tokens: readonly Piece[], from: number): Piece[] {
  const open = tokens[from - 1]?.text;
  const before = tokens[from - 2]?.text ?? '';
  const opens =
    (open === '(' && LIST_OPERATORS.has(before)) ||
    (open === '[' && before === '(' && tokens[from - 3]?.text === 'dynamic');
  if (!opens) return [];
  const entries: Piece[] = [];
  for (let i = from; ; i += 2) {
    const entry = tokens[i];
    if (entry === undefined || !/^[hH]?@?["']/.test(entry.text)) return [];
    entries.push(entry);
    const next = tokens[i + 1]?.text;
    if (next === (open === '(' ? ')' : ']')) return entries;
    if (next !== ',') return [];
  }
}

function clausesOf(block: Element, text: string): Stretch[] {
  const found: Stretch[] = [];
  const visit = (element: Element): void => {
    const kind = kindOf(element);
    const stretch = { start: element.TextStart, end: element.End };
    if (kind.endsWith('Operator')) found.push({ ...stretch, start: barBefore(text, stretch.start) });
    if (kind.endsWith('Statement')) found.push(stretch);
    if (isNode(element, 'BinaryExpression') && /^(and|or)$/.test(element.Operator?.Text ?? '')) {
      for (const side of [element.Left, element.Right]) if (side) found.push({ start: side.TextStart, end: side.End });
    }
    for (let i = 0; i < element.ChildCount; i++) {
      const child = element.GetChild(i);
      if (child !== null) visit(child);
    }
  };
  visit(block);
  return found;
}

function barBefore(text: string, start: number): number {
  const bar = /\|\s*$/.exec(text.slice(0, start));
  return bar === null ? start : bar.index;
}
