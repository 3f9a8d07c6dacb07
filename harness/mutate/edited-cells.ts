import type { Json } from '../measure/cells.js';
import { type Literals, patternsNear, textsNear } from '../trace/neighbours.js';

/** Most literals of a rule that are looked for in one text. */
const MOST_FOUND = 3;

/** The literals that columns are tested with, by their names. */
type OfColumns = ReadonlyMap<string, Literals>;

/**
 * What a cell can become when one thing in it is changed, for rules that look into it: a text has a literal of the rule
 * put in the place of one that it holds, put behind it, or taken out; a document, also one that is written as text, has
 * one of its values changed, or a key taken out.
 *
 * @param column its name
 */
export function editedCells(cell: Json, column: string, literals: OfColumns): Json[] {
  const document = documentOf(cell);
  if (document !== undefined) {
    const edits = editedDocuments(document, column, literals);
    return typeof cell === 'string' ? edits.map((edited) => JSON.stringify(edited)) : edits;
  }
  return typeof cell === 'string' && cell !== '' ? editedTexts(cell, textsOf(literals, column)) : [];
}

/** A text with each of others in the place of those that it holds, behind it, and without those. */
function editedTexts(text: string, others: readonly string[]): string[] {
  const lower = text.toLowerCase();
  const held = others
    .filter((other) => lower.includes(other.toLowerCase()))
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_FOUND);
  const put = held.flatMap((old) => ['', ...others].map((other) => replaced(text, old, other)));
  const behind = others.map((other) => `${text} ${other}`);
  return [...new Set([text.toUpperCase(), ...put, ...behind])].filter((edited) => edited !== text);
}

function replaced(text: string, old: string, other: string): string {
  const at = text.toLowerCase().indexOf(old.toLowerCase());
  return text.slice(0, at) + other + text.slice(at + old.length);
}

/** A document, or a list of them; nothing for what is none. */
function documentOf(cell: Json): Json | undefined {
  if (typeof cell === 'object' && cell !== null) return cell;
  if (typeof cell !== 'string' || !/^\s*[[{]/.test(cell)) return undefined;
  try {
    return JSON.parse(cell) as Json;
  } catch {
    return undefined;
  }
}

/** @param name of the column, or of the key that holds the part */
function editedDocuments(part: Json, name: string, literals: OfColumns, column = name): Json[] {
  if (Array.isArray(part)) {
    return part.flatMap((item: Json, at) => [
      part.toSpliced(at, 1),
      ...editedDocuments(item, name, literals, column).map((edited): Json => part.with(at, edited)),
    ]);
  }
  if (typeof part === 'object' && part !== null) {
    const entries = Object.entries(part);
    return entries.flatMap(([key, value]): Json[] => [
      Object.fromEntries(entries.filter(([other]) => other !== key)),
      ...editedDocuments(value, key, literals, column).map((edited): Json => ({ ...part, [key]: edited })),
    ]);
  }
  const texts = [...new Set([...textsOf(literals, column), ...textsOf(literals, name)])];
  switch (typeof part) {
    case 'string':
      return ['', ...texts, ...(part === '' ? [] : editedTexts(part, texts))].filter((edited) => edited !== part);
    case 'number':
      return numbersNear(part, [...numbersOf(literals, column), ...numbersOf(literals, name)]);
    case 'boolean':
      return [!part];
    default:
      return texts;
  }
}

/** The texts that a column is tested with, and what lies beside them; the plain ones first. */
function textsOf(of: OfColumns, name: string): string[] {
  const { literals = new Set(), patterns = new Set<string>() } = of.get(name) ?? {};
  const texts = [...literals].filter((value): value is string => typeof value === 'string' && value !== '');
  const near = [...texts.map(textsNear), ...[...patterns].map(patternsNear)];
  return [...new Set([...texts, ...near.flat()])].filter((text) => text !== '');
}

function numbersOf(of: OfColumns, name: string): number[] {
  return [...(of.get(name)?.literals ?? [])].flatMap((value) =>
    typeof value === 'bigint' || typeof value === 'number' ? [Number(value)] : [],
  );
}

function numbersNear(own: number, others: readonly number[]): number[] {
  const near = [own, ...others].flatMap((number) => [number, number + 1, number - 1]);
  return [...new Set(near)].filter((number) => number !== own);
}
