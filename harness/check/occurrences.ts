/** Which texts of a list stand in which. */
export interface Occurrences {
  /** By the place of a text, those of other texts that stand in it. Of texts that are the same, the first speaks for all. */
  readonly within: ReadonlyMap<number, readonly number[]>;
  /** By the place of a text, the first of those that are the same. */
  first(index: number): number;
  /** Whether the list was too long, so that only texts that are the same are known. */
  readonly cut: boolean;
}

/**
 * Which texts of a list stand in which. Each part of a text that is as long as some text is looked up, so that the work
 * grows with the length of the list and not with its square.
 *
 * @param most lookups beyond which only texts that are the same are told
 */
export function occurrences(texts: readonly string[], most: number): Occurrences {
  const firsts = new Map<string, number>();
  for (const [index, text] of texts.entries()) if (!firsts.has(text)) firsts.set(text, index);
  const lengths = [...new Set([...firsts.keys()].map(({ length }) => length))].filter((length) => length > 0);
  const within = new Map<number, readonly number[]>();
  const first = (index: number): number => firsts.get(texts[index] ?? '') ?? index;
  const work = [...firsts.keys()].reduce((sum, { length }) => sum + length, 0) * lengths.length;
  if (work > most) return { within, first, cut: true };
  for (const [text, index] of firsts) {
    const found = new Set<number>();
    for (const length of lengths) {
      if (length >= text.length) continue;
      for (let at = 0; at + length <= text.length; at += 1) {
        const other = firsts.get(text.slice(at, at + length));
        if (other !== undefined) found.add(other);
      }
    }
    if (found.size > 0) within.set(index, [...found]);
  }
  return { within, first, cut: false };
}
