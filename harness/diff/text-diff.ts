import { diffArrays } from 'diff';
import { type Place, placeAt } from '../files/places.js';
import type { Piece, PiecedText, Stretch } from './pieces.js';

/** One difference between two texts of a rule that can be made or left out by itself. */
export interface TextChange {
  readonly kind: 'entry' | 'clause';
  /** The list of an entry. */
  readonly list?: string;
  /** What is gone, as it was written; empty for an addition. */
  readonly removed: string;
  /** What is new, as it is written; empty for a removal. */
  readonly added: string;
  /** The clause around it, in the newer text where it is there. */
  readonly clause: string;
  /** Where it stands: in the newer text, or for a removal in the older one. */
  readonly side: 'base' | 'head';
  readonly place: Place;
}

/** Two texts of one rule, and every version between them. */
export interface TextDiff {
  readonly changes: readonly TextChange[];
  /** The older text with some of the changes made. */
  version(made: ReadonlySet<TextChange>): string;
}

interface Hunk {
  readonly base: readonly [from: number, to: number];
  readonly head: readonly [from: number, to: number];
}

/** What two aligned pieces, or stretches of pieces, contribute to a version. */
type Part =
  | { readonly kind: 'same'; readonly base: number; readonly head: number }
  | { readonly kind: 'list'; readonly base: number; readonly entries: readonly TextChange[] }
  | { readonly kind: 'hunk'; readonly hunk: Hunk; readonly change: TextChange };

/**
 * The differences between two texts of a rule, by tokens: spaces, comments and the order of list entries are none. Each
 * added or removed entry of a list is a change of its own.
 */
export function diffTexts(base: PiecedText, head: PiecedText): TextDiff {
  const parts = partsOf(base, head, hunksOf(base.pieces, head.pieces));
  const changes = parts.flatMap((part) =>
    part.kind === 'hunk' ? [part.change] : part.kind === 'list' ? part.entries : [],
  );
  return { changes, version: (made) => write(parts, base, head, made) };
}

function hunksOf(base: readonly Piece[], head: readonly Piece[]): Hunk[] {
  const found = diffArrays([...base], [...head], { comparator: alike });
  const hunks: Hunk[] = [];
  let [b, h] = [0, 0];
  for (let i = 0; i < found.length; i++) {
    const { count, added, removed } = found[i] ?? { count: 0 };
    if (!added && !removed) {
      b += count;
      h += count;
      continue;
    }
    const next = found[i + 1];
    const paired = next !== undefined && (removed ? next.added : next.removed) === true;
    const gone = removed ? count : paired ? next.count : 0;
    const come = added ? count : paired ? next.count : 0;
    hunks.push({ base: [b, b + gone], head: [h, h + come] });
    b += gone;
    h += come;
    if (paired) i += 1;
  }
  return hunks.map((hunk, i) => slide(hunk, base, head, hunks[i - 1])).flatMap((hunk) => parted(hunk, base, head));
}

function alike(a: Piece, b: Piece): boolean {
  return a.list !== undefined && b.list !== undefined ? a.list.bracketed === b.list.bracketed : a.text === b.text;
}

/** Neighbouring changes one by one: `443` that became `80 and b` was altered, and `and b` was added. */
function parted(hunk: Hunk, base: readonly Piece[], head: readonly Piece[]): Hunk[] {
  const was = chunksOf(base, hunk.base);
  const is = chunksOf(head, hunk.head);
  return Array.from({ length: Math.max(was.length, is.length) }, (_, i) => ({
    base: was[i] ?? [hunk.base[1], hunk.base[1]],
    head: is[i] ?? [hunk.head[1], hunk.head[1]],
  }));
}

/** Parted at the bars outside of parentheses; what comes before the first bar at `and` and `or` as well. */
function chunksOf(pieces: readonly Piece[], [from, to]: readonly [number, number]): (readonly [number, number])[] {
  const starts = [from];
  let depth = 0;
  let operators = pieces[from]?.text === '|';
  for (let i = from; i < to; i++) {
    const text = pieces[i]?.text ?? '';
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    if (i === from || depth !== 0) continue;
    if (text === '|') operators = true;
    if (text === '|' || (!operators && (text === 'and' || text === 'or'))) starts.push(i);
  }
  return from === to ? [] : starts.map((start, i) => [start, starts[i + 1] ?? to]);
}

const OPENERS = ['|', 'and', 'or', ','];

/** `| where a` may as well have been inserted as `where a |`: of such readings the one that begins a clause. */
function slide(hunk: Hunk, base: readonly Piece[], head: readonly Piece[], before: Hunk | undefined): Hunk {
  const pure = hunk.base[0] === hunk.base[1] ? 'head' : hunk.head[0] === hunk.head[1] ? 'base' : undefined;
  if (pure === undefined) return hunk;
  const pieces = pure === 'head' ? head : base;
  const [from, to] = hunk[pure];
  let best = 0;
  let bestRank = rankOf(pieces[from]);
  for (let by = 1; ; by++) {
    const moved = pieces[from - by];
    const last = pieces[to - by];
    if (moved === undefined || last === undefined || from - by < (before?.[pure][1] ?? 0) || !alike(moved, last)) break;
    // An aligned list holds changes of its own, which must stay with it.
    if (moved.list !== undefined) break;
    if (rankOf(moved) < bestRank) {
      best = by;
      bestRank = rankOf(moved);
    }
  }
  const shift = ([a, b]: readonly [number, number]): readonly [number, number] => [a - best, b - best];
  return { base: shift(hunk.base), head: shift(hunk.head) };
}

function rankOf(piece: Piece | undefined): number {
  const rank = OPENERS.indexOf(piece?.text ?? '');
  return rank === -1 ? OPENERS.length : rank;
}

function partsOf(base: PiecedText, head: PiecedText, hunks: readonly Hunk[]): Part[] {
  const parts: Part[] = [];
  let [b, h] = [0, 0];
  const same = (until: number): void => {
    for (; b < until; b++, h++) {
      const entries = entryChanges(base, head, base.pieces[b], head.pieces[h]);
      parts.push(entries.length === 0 ? { kind: 'same', base: b, head: h } : { kind: 'list', base: b, entries });
    }
  };
  for (const hunk of hunks) {
    same(hunk.base[0]);
    parts.push({ kind: 'hunk', hunk, change: clauseChange(base, head, hunk) });
    [b, h] = [hunk.base[1], hunk.head[1]];
  }
  same(base.pieces.length);
  return parts;
}

function entryChanges(
  base: PiecedText,
  head: PiecedText,
  before: Piece | undefined,
  after: Piece | undefined,
): TextChange[] {
  if (before?.list === undefined || after?.list === undefined) return [];
  const was = before.list.entries;
  const is = after.list.entries;
  const { name: list } = after.list;
  const gone = was.filter(({ written }) => !is.some((entry) => entry.written === written));
  const come = is.filter(({ written }) => !was.some((entry) => entry.written === written));
  const clause = `${list} of ${is.length} entries`;
  return [
    ...gone.map(({ written, start }): TextChange => {
      return {
        kind: 'entry',
        list,
        removed: written,
        added: '',
        clause,
        side: 'base',
        place: placeAt(base.text, start),
      };
    }),
    ...come.map(({ written, start }): TextChange => {
      return {
        kind: 'entry',
        list,
        removed: '',
        added: written,
        clause,
        side: 'head',
        place: placeAt(head.text, start),
      };
    }),
  ];
}

function clauseChange(base: PiecedText, head: PiecedText, hunk: Hunk): TextChange {
  const removed = sourceOf(base, hunk.base);
  const added = sourceOf(head, hunk.head);
  const side = added === '' ? 'base' : 'head';
  const within = side === 'base' ? base : head;
  const [from, to] = hunk[side];
  const start = within.pieces[from]?.start ?? 0;
  const around = smallest(within.clauses, { start, end: within.pieces[to - 1]?.end ?? start });
  const clause = around === undefined ? '' : within.text.slice(around.start, around.end);
  return { kind: 'clause', removed, added, clause, side, place: placeAt(within.text, start) };
}

function sourceOf({ text, pieces }: PiecedText, [from, to]: readonly [number, number]): string {
  const first = pieces[from];
  const last = pieces[to - 1];
  return first === undefined || last === undefined || from === to ? '' : text.slice(first.start, last.end);
}

function smallest(clauses: readonly Stretch[], { start, end }: Stretch): Stretch | undefined {
  return clauses
    .filter((clause) => clause.start <= start && clause.end >= end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
}

function write(parts: readonly Part[], base: PiecedText, head: PiecedText, made: ReadonlySet<TextChange>): string {
  const writer = new Writer();
  for (const part of parts) {
    if (part.kind === 'same') writer.piece(base, part.base);
    else if (part.kind === 'list') writer.list(base, part.base, entriesOf(base.pieces[part.base], part.entries, made));
    else if (made.has(part.change)) writer.stretch(head, part.hunk.head);
    else writer.stretch(base, part.hunk.base);
  }
  return writer.text;
}

function entriesOf(piece: Piece | undefined, changes: readonly TextChange[], made: ReadonlySet<TextChange>): string[] {
  const done = changes.filter((change) => made.has(change));
  const gone = new Set(done.map(({ removed }) => removed));
  const kept = (piece?.list?.entries ?? []).map(({ written }) => written).filter((written) => !gone.has(written));
  return [...kept, ...done.flatMap(({ added }) => (added === '' ? [] : [added]))];
}

/** Puts pieces of two texts together; those that did not stand next to each other are kept apart by a space. */
class Writer {
  text = '';
  private last: { readonly of: PiecedText; readonly index: number } | undefined;

  piece(of: PiecedText, index: number): void {
    const piece = of.pieces[index];
    if (piece !== undefined) this.add(of, index, piece.text);
  }

  list(of: PiecedText, index: number, entries: readonly string[]): void {
    // The language has no empty list between parentheses, but an empty array there means the same.
    const empty = of.pieces[index]?.list?.bracketed === true ? '' : 'dynamic([])';
    this.add(of, index, entries.length === 0 ? empty : entries.join(', '));
  }

  stretch(of: PiecedText, [from, to]: readonly [number, number]): void {
    for (let index = from; index < to; index++) this.piece(of, index);
  }

  private add(of: PiecedText, index: number, text: string): void {
    const follows = this.last?.of === of && this.last.index === index - 1;
    const { lead = '' } = of.pieces[index] ?? {};
    this.text += `${lead === '' && !follows && this.text !== '' ? ' ' : lead}${text}`;
    this.last = { of, index };
  }
}
