interface Bucket {
  /** Of the texts that begin alike, the longest first. */
  lengths: number[];
  readonly texts: Set<string>;
}

const START = 3;
/** Of the texts that are looked for. */
export const LONGEST = 128;

/** Where one of many known texts stands in a text, in one pass however many they are. */
export class Needles {
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param texts of 3 to 128 characters; others are left out
   * @param fold what makes two spellings one, character by character
   */
  constructor(
    texts: Iterable<string>,
    private readonly fold: (text: string) => string,
    private readonly stands: (text: string, start: number, end: number) => boolean,
  ) {
    for (const text of texts) {
      if (text.length < START || text.length > LONGEST) continue;
      const folded = fold(text);
      const start = folded.slice(0, START);
      const bucket = this.buckets.get(start) ?? { lengths: [], texts: new Set() };
      bucket.texts.add(folded);
      if (!bucket.lengths.includes(folded.length))
        bucket.lengths = [...bucket.lengths, folded.length].sort((a, b) => b - a);
      this.buckets.set(start, bucket);
    }
  }

  /** From left to right, the longest at each place. */
  *find(text: string): Generator<{ readonly start: number; readonly end: number }> {
    if (this.buckets.size === 0) return;
    const folded = this.fold(text);
    for (let at = 0; at + START <= folded.length; at += 1) {
      const bucket = this.buckets.get(folded.slice(at, at + START));
      if (bucket === undefined) continue;
      for (const length of bucket.lengths) {
        const end = at + length;
        if (!bucket.texts.has(folded.slice(at, end)) || end > folded.length || !this.stands(text, at, end)) continue;
        yield { start: at, end };
        at = end - 1;
        break;
      }
    }
  }
}

/** Small letters, without a change to how many characters there are. */
export function small(text: string): string {
  const made = text.toLowerCase();
  if (made.length === text.length) return made;
  return Array.from({ length: text.length }, (_, i) => {
    const char = text[i] as string;
    const lower = char.toLowerCase();
    return lower.length === 1 ? lower : char;
  }).join('');
}

/** Whether no letter or digit goes on before or behind. */
export function standsAlone(text: string, start: number, end: number): boolean {
  return !/[\p{L}\p{N}]/u.test(text[start - 1] ?? '') && !/[\p{L}\p{N}]/u.test(text[end] ?? '');
}
