/** What stands for one character of each class. */
const CLASSES: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a' };

/**
 * A text that a regular expression matches, for patterns of texts, classes, groups and repetitions; nothing for those
 * that hold more. Whoever uses it checks that it does match.
 */
export function sampleOf(pattern: string): string | undefined {
  const reader = new Reader(pattern.replace(/^\(\?i\)/, ''));
  const text = reader.alternatives();
  return reader.atEnd() ? text : undefined;
}

class Reader {
  private at = 0;

  constructor(private readonly pattern: string) {}

  atEnd(): boolean {
    return this.at >= this.pattern.length;
  }

  /** The first of several is as good as any. */
  alternatives(): string {
    let first: string | undefined;
    do {
      const text = this.sequence();
      first ??= text;
    } while (this.take('|'));
    return first ?? '';
  }

  private sequence(): string {
    let text = '';
    while (!this.atEnd() && !'|)'.includes(this.peek())) text += this.repeated(this.atom());
    return text;
  }

  private atom(): string {
    const char = this.next();
    if (char === '^' || char === '$') return '';
    if (char === '.') return 'a';
    if (char === '[') return this.set();
    if (char === '(') {
      if (this.take('?')) while (!this.atEnd() && this.next() !== ':');
      const inner = this.alternatives();
      this.take(')');
      return inner;
    }
    if (char !== '\\') return char;
    const escaped = this.next();
    if (escaped === 'b' || escaped === 'B' || escaped === 'A' || escaped === 'z') return '';
    return CLASSES[escaped] ?? escaped;
  }

  private set(): string {
    const inverted = this.take('^');
    const listed: string[] = [];
    while (!this.atEnd() && this.peek() !== ']') {
      const char = this.next();
      const one = char === '\\' ? this.next() : char;
      listed.push(char === '\\' ? (CLASSES[one] ?? one) : one);
    }
    this.take(']');
    if (!inverted) return listed[0] ?? '';
    return ['a', '1', '-', ' '].find((char) => !listed.includes(char)) ?? '';
  }

  private repeated(text: string): string {
    const char = this.atEnd() ? '' : this.peek();
    if (char === '*' || char === '?') {
      this.next();
      this.take('?');
      return '';
    }
    if (char === '+') {
      this.next();
      this.take('?');
      return text;
    }
    const times = /^\{(\d+)(,\d*)?\}/.exec(this.pattern.slice(this.at));
    if (times === null) return text;
    this.at += times[0].length;
    return text.repeat(Number(times[1]));
  }

  private take(char: string): boolean {
    if (this.atEnd() || this.peek() !== char) return false;
    this.at += 1;
    return true;
  }

  private peek(): string {
    return this.pattern.charAt(this.at);
  }

  private next(): string {
    this.at += 1;
    return this.pattern.charAt(this.at - 1);
  }
}
