import { distance } from 'fastest-levenshtein';

/** Largest share of a name that may differ for another to count as what was meant. */
const TOLERANCE = 0.5;

/**
 * The name nearest to what was written: one that ends in it (`AccountName` for `InitiatingProcessAccountName`, the
 * shortest such), else the one with the fewest edits, if they are few enough for the length. Case is ignored.
 */
export function closest(written: string, names: Iterable<string>): string | undefined {
  const wanted = written.toLowerCase();
  const candidates = [...new Set(names)].filter((name) => name !== '' && name !== written);
  const ending = candidates
    .filter((name) => wanted.length >= 4 && name.toLowerCase().endsWith(wanted))
    .sort((a, b) => a.length - b.length)[0];
  const near = candidates
    .map((name) => ({ name, edits: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(1, Math.floor(Math.min(name.length, wanted.length) * TOLERANCE)))
    .sort((a, b) => a.edits - b.edits)[0];
  if (near && near.edits <= 2) return near.name;
  return ending ?? near?.name;
}
