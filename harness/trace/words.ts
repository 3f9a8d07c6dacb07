import { native } from '../kql/plan/make.js';
import type { Expr, Item } from '../kql/plan/plan.js';
import { traceColumn } from './columns.js';

/** Leaves of one word: two bits each in a number that JavaScript shifts exactly. */
const PER_WORD = 15;

/** Leaves packed into whole numbers: of each 0 for false, 1 for true, 2 for null. */
export function wordsOf(leaves: readonly Expr[]): Item[] {
  const words: Item[] = [];
  for (let from = 0; from < leaves.length; from += PER_WORD) {
    const args = leaves.slice(from, from + PER_WORD);
    const expr = native(
      'long',
      args,
      (parts) => `(${parts.map(({ sql }, i) => `(coalesce(${sql}::BIGINT, 2) << ${2 * i})`).join(' + ')})`,
    );
    words.push({ column: traceColumn(words.length, 'word', 'long'), expr });
  }
  return words;
}

/** What a leaf is in words; `null` where it is null. */
export function leafIn(words: readonly unknown[], leaf: number): boolean | null {
  const value = (Number(words[Math.floor(leaf / PER_WORD)]) >>> (2 * (leaf % PER_WORD))) & 3;
  return value === 2 ? null : value === 1;
}
