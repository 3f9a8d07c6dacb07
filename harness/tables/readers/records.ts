import { isUtf8 } from 'node:buffer';
import { howToRaise, limit } from '../../files/limits.js';
import { MAX_DEPTH } from '../../kql/values/dynamic.js';
import { NAMED_REJECTS, type RejectedRow } from './report.js';

/** What becomes of the records of a file, in their order. */
export interface RecordSink {
  /** A record that can be taken apart: the bytes of `buffer` from `from` up to `to`, which are its own for this call. */
  sound(buffer: Buffer, from: number, to: number, line: number): void;
  /** One that cannot. A quote that is not closed takes several lines with it. */
  bad(line: number, reason: string, lines?: number): void;
}

/** The records of a file: how many are sound, and which are not. */
export interface Broken {
  /** Each line that is lost counts. */
  readonly count: number;
  /** The first of them. */
  readonly named: readonly RejectedRow[];
}

export const NONE_BROKEN: Broken = { count: 0, named: [] };

/** How the lines of a file end; nothing where they end now in one way and now in another. */
export type LineEnd = '\n' | '\r\n';

class LineEnds {
  private lineFeed = false;
  private carriageReturn = false;

  see(hasCarriageReturn: boolean, hasLineFeed: boolean): void {
    if (hasCarriageReturn) this.carriageReturn = true;
    if (hasLineFeed ? !hasCarriageReturn : hasCarriageReturn) this.lineFeed = true;
  }

  get all(): LineEnd | undefined {
    if (!this.carriageReturn) return '\n';
    return this.lineFeed ? undefined : '\r\n';
  }
}

/** Counts records, and hands the sound ones on. */
export class Tally implements RecordSink {
  records = 0;
  count = 0;
  /** Bytes of the longest sound record. */
  longest = 0;
  readonly named: RejectedRow[] = [];

  constructor(
    private readonly file: string,
    private readonly next?: RecordSink['sound'],
  ) {}

  sound(buffer: Buffer, from: number, to: number, line: number): void {
    this.records += 1;
    if (to - from > this.longest) this.longest = to - from;
    this.next?.(buffer, from, to, line);
  }

  bad(line: number, reason: string, lines = 1): void {
    this.count += lines;
    for (let i = 0; i < lines && this.named.length < NAMED_REJECTS; i += 1) {
      const each = i === 0 ? reason : `The line is lost to the record that begins on line ${line}.`;
      this.named.push({ file: this.file, line: line + i, reason: each });
    }
  }
}

/** Feeds a scanner the bytes of a file, piece by piece. */
export async function scan(
  bytes: AsyncIterable<Buffer>,
  scanner: { feed(piece: Buffer): void; end(): void },
): Promise<void> {
  for await (const piece of bytes) scanner.feed(piece);
  scanner.end();
}

export const COMMA_BEFORE_END = 'A comma stands before a closing bracket, which JSON does not have.';
export const NOT_UTF8 = 'The text is not UTF-8.';
export const CONTROL = 'A control character or line break stands in the record; JSON writes it as \\n, \\r or \\u….';
export const HOLDS_NUL = 'The text holds a NUL character.';

export function tooLong(): string {
  return `The record is too long. ${howToRaise('record-size')}`;
}

export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const BACKSLASH = 0x5c;

/**
 * The lines of a file of JSON lines. Memory holds one line, and never more than a record may have. Whether a line is
 * JSON is left to its reader, but for what no reader can bear or tell: deep nesting, control characters, commas
 * before a bracket.
 */
export class LineScanner {
  private held: Buffer = Buffer.alloc(0);
  private line = 1;
  private isLast = false;
  private skipping = false;
  private readonly ends = new LineEnds();
  private readonly longest = limit('record-size');

  constructor(private readonly sink: RecordSink) {}

  feed(piece: Buffer): void {
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at !== -1; at = piece.indexOf(LINE_FEED, from)) {
      this.finish(piece, from, at);
      from = at + 1;
      this.line += 1;
    }
    if (this.skipping || from === piece.length) return;
    const rest = piece.subarray(from);
    // A copy: the piece would be kept whole by its part.
    this.held = this.held.length === 0 ? Buffer.from(rest) : Buffer.concat([this.held, rest]);
    if (this.held.length > this.longest) this.skip();
  }

  end(): void {
    this.isLast = true;
    this.finish(this.held, this.held.length, this.held.length);
  }

  get lineEnd(): LineEnd | undefined {
    return this.ends.all;
  }

  private skip(): void {
    this.sink.bad(this.line, tooLong());
    this.skipping = true;
    this.held = Buffer.alloc(0);
  }

  private finish(piece: Buffer, from: number, to: number): void {
    if (this.skipping) {
      this.skipping = false;
      return;
    }
    if (this.held.length === 0) {
      this.take(piece, from, to);
      return;
    }
    const whole = piece === this.held ? piece : Buffer.concat([this.held, piece.subarray(from, to)]);
    this.held = Buffer.alloc(0);
    this.take(whole, 0, whole.length);
  }

  private take(buffer: Buffer, from: number, end: number): void {
    const to = end > from && buffer[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    this.ends.see(to < end, !this.isLast);
    if (isBlank(buffer, from, to)) return;
    const fault = to - from > this.longest ? tooLong() : faultOf(buffer, from, to);
    if (fault === undefined) this.sink.sound(buffer, from, to, this.line);
    else this.sink.bad(this.line, fault);
  }
}

function isBlank(buffer: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = buffer[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== CARRIAGE_RETURN) return false;
  }
  return true;
}

/** What keeps the text of a JSON value from being read, of what would be misread rather than refused. */
function faultOf(buffer: Buffer, from: number, to: number): string | undefined {
  let inString = false;
  let depth = 0;
  let all = 0;
  let last = 0;
  for (let at = from; at < to; at += 1) {
    const byte = buffer[at] as number;
    all |= byte;
    if (byte < 0x20 && byte !== 0x09) return byte === 0 ? HOLDS_NUL : CONTROL;
    if (inString) {
      if (byte === BACKSLASH) {
        at += 1;
        all |= buffer[at] ?? 0;
        if ((buffer[at] ?? 0x20) < 0x20) return CONTROL;
      } else if (byte === QUOTE) inString = false;
      continue;
    }
    if (byte === QUOTE) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_DEPTH) return tooDeep();
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
      if (last === COMMA) return COMMA_BEFORE_END;
    }
    if (byte !== 0x20 && byte !== 0x09) last = byte;
  }
  return all > 0x7f && !isUtf8(buffer.subarray(from, to)) ? NOT_UTF8 : undefined;
}

export function tooDeep(): string {
  return `The record is nested more than ${MAX_DEPTH} levels deep.`;
}

/** The records of a CSV file, its header first. Memory holds one record, and never more than a record may have. */
export class CsvScanner {
  private buffer: Buffer = Buffer.alloc(0);
  private start = 0;
  private at = 0;
  private state = START;
  private fields = 1;
  private line = 1;
  private startLine = 1;
  private all = 0;
  private fault: string | undefined;
  /** The record is too long, and its bytes are not kept. */
  private dropped = false;
  private readonly ends = new LineEnds();
  private readonly longest = limit('record-size');

  /** @param width how many fields a record has */
  constructor(
    private readonly width: number,
    private readonly sink: RecordSink,
  ) {}

  feed(piece: Buffer): void {
    const kept = this.buffer.length - this.start;
    this.buffer = kept === 0 ? piece : Buffer.concat([this.buffer.subarray(this.start), piece]);
    this.at -= this.start;
    this.start = 0;
    this.run(false);
    if (this.buffer.length - this.start > this.longest) this.dropped = true;
    if (this.dropped) this.start = this.at;
  }

  end(): void {
    this.run(true);
    if (this.state === QUOTED) {
      if (this.buffer[this.buffer.length - 1] === LINE_FEED) this.line -= 1;
      this.fault ??= 'A quote is not closed';
      this.finish(this.buffer.length, true);
    } else if (this.at > this.start || this.dropped || this.fields > 1) this.finish(this.buffer.length);
  }

  private run(isLast: boolean): void {
    const { buffer } = this;
    const { length } = buffer;
    let { at, state, all } = this;
    for (; at < length; at += 1) {
      const byte = buffer[at] as number;
      all |= byte;
      if (state === QUOTED) {
        if (byte === QUOTE) state = CLOSED;
        else if (byte === LINE_FEED) this.line += 1;
        else if (byte === 0) this.fault ??= HOLDS_NUL;
        continue;
      }
      switch (byte) {
        case QUOTE:
          if (state === START || state === CLOSED) state = QUOTED;
          break;
        case COMMA:
          this.fields += 1;
          if (state !== LOST) state = START;
          break;
        case LINE_FEED:
          this.all = all;
          this.finish(at);
          all = 0;
          state = START;
          break;
        case CARRIAGE_RETURN:
          if (at + 1 === length && !isLast) {
            this.rest(at, state, all);
            return;
          }
          if (at + 1 < length && buffer[at + 1] !== LINE_FEED) {
            this.fault ??= 'A carriage return stands in a field without quotes.';
            state = LOST;
          }
          break;
        default:
          if (byte === 0) this.fault ??= HOLDS_NUL;
          if (state === START) state = PLAIN;
          else if (state === CLOSED) {
            this.fault ??= 'A quote is closed before the end of the field';
            state = LOST;
          }
      }
    }
    this.rest(at, state, all);
  }

  private rest(at: number, state: number, all: number): void {
    this.at = at;
    this.state = state;
    this.all = all;
  }

  get lineEnd(): LineEnd | undefined {
    return this.ends.all;
  }

  /** Ends the record before the byte at `end`, which is a line's end or the file's. */
  private finish(end: number, inQuotes = false): void {
    const { buffer, start, startLine, fields } = this;
    const to = end > start && buffer[end - 1] === CARRIAGE_RETURN && !inQuotes ? end - 1 : end;
    const lines = this.line - startLine + 1;
    this.ends.see(to < end, end < buffer.length);
    if (this.fault !== undefined) {
      const lost = lines > 1 ? `, and ${lines.toLocaleString('en-US')} lines are lost to it` : '';
      this.sink.bad(startLine, this.fault.endsWith('.') ? this.fault : `${this.fault}${lost}.`, lines);
    } else if (this.dropped || to - start > this.longest) this.sink.bad(startLine, tooLong(), lines);
    else if (to > start || this.width === 1) {
      if (fields !== this.width)
        this.sink.bad(startLine, `The row has ${fields} fields, the header has ${this.width}.`);
      else if (this.all > 0x7f && !isUtf8(buffer.subarray(start, to))) this.sink.bad(startLine, NOT_UTF8);
      else this.sink.sound(buffer, start, to, startLine);
    }
    this.start = end + 1;
    this.fields = 1;
    this.all = 0;
    this.fault = undefined;
    this.dropped = false;
    this.line += 1;
    this.startLine = this.line;
  }
}

/** Where in a field of CSV a byte is: before it, in one without quotes, within quotes, after them, in a spoilt one. */
const START = 0;
const PLAIN = 1;
const QUOTED = 2;
const CLOSED = 3;
const LOST = 4;
