/** A text between quotes. */
export interface Quoted {
  /** Of what stands between them. */
  readonly start: number;
  readonly end: number;
  /** Behind the closing quote. */
  readonly after: number;
}

/** More backslashes are of no text within a text. */
const QUOTE = /\\{0,15}["'`]|&quot;/y;

/** Finds what is quoted in a text, with `"`, `'` or, within another text, `\"`. Looks at each character a few times. */
export class Quotes {
  /** What is not to be found again: nor then is it further on. */
  private readonly absent = new Set<string>();

  constructor(private readonly text: string) {}

  /** The quote that begins at a place. */
  opening(at: number): string | undefined {
    QUOTE.lastIndex = at;
    return QUOTE.exec(this.text)?.[0];
  }

  /** What is quoted from a place; nothing where no quote begins, or where it is not closed. */
  at(start: number): Quoted | undefined {
    const quote = this.opening(start);
    if (quote === undefined || this.absent.has(quote)) return undefined;
    const from = start + quote.length;
    for (let end = this.text.indexOf(quote, from); end !== -1; end = this.text.indexOf(quote, end + 1)) {
      // A quote that is escaped more deeply than the one that opened belongs to the text.
      if (this.text[end - 1] !== '\\' || quote === "'" || end === from)
        return { start: from, end, after: end + quote.length };
    }
    this.absent.add(quote);
    return undefined;
  }
}
