import { distance } from 'fastest-levenshtein';
import type { Flip } from './result.js';

/** How many characters of two values differ, against how many there are. */
export function far({ from, to }: Pick<Flip, 'from' | 'to'>): number {
  const [a, b] = [from, to].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return distance(a ?? '', b ?? '') / Math.max(a?.length ?? 0, b?.length ?? 0, 1);
}
