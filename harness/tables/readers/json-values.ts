import { isUtf8 } from 'node:buffer';
import { MAX_DEPTH } from '../../kql/values/dynamic.js';
import { fileError } from './bytes.js';
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  COMMA,
  COMMA_BEFORE_END,
  CONTROL,
  HOLDS_NUL,
  LINE_FEED,
  NOT_UTF8,
  QUOTE,
  type RecordSink,
  tooDeep,
  tooLong,
} from './records.js';

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * The members of a JSON array, or JSON values one after the other, each as text without line breaks. Memory holds one
 * of them, and never more than `longest` bytes.
 */
export class ValueScanner {
  private buffer: Buffer = Buffer.alloc(0);
  /** Where the value begins; before 0 between values. */
  private start = -1;
  private at = 0;
  private depth = 0;
  private readonly kinds = new Uint8Array(MAX_DEPTH + 2);
  private inString = false;
  private escaped = false;
  private inScalar = false;
  private last = 0;
  private all = 0;
  private line = 1;
  private startLine = 1;
  /** Bytes of the line that came before the buffer. */
  private column = 0;
  private fault: string | undefined;
  private dropped = false;
  /** An array has begun, and whether it has ended. */
  private opened = false;
  private closed = false;
  /** A comma has to come before the next member. */
  private between = false;
  private readonly openings: { line: number; column: number }[] = [];

  /** @param level 1 for the members of an array, 0 for values one after the other */
  constructor(
    private readonly path: string,
    private readonly level: 0 | 1,
    private readonly longest: number,
    private readonly sink: RecordSink,
  ) {}

  feed(piece: Buffer): void {
    const from = this.start < 0 ? this.at : this.start;
    this.buffer = from >= this.buffer.length ? piece : Buffer.concat([this.buffer.subarray(from), piece]);
    this.at -= from;
    if (this.start >= 0) this.start = 0;
    for (; this.at < this.buffer.length; this.at += 1) this.take(this.buffer[this.at] as number);
    if (this.start < 0) return;
    if (this.at - this.start > this.longest) this.dropped = true;
    if (this.dropped) this.start = this.at;
  }

  end(): void {
    if (this.inScalar && this.depth === this.level) this.finish();
    if (this.inString) throw this.broken('The file ends within a string: it is not complete.');
    const opening = this.openings.at(-1);
    if (this.depth > 0)
      throw fileError(this.path, 'What is opened here is not closed: the file is not complete.', opening);
  }

  private take(byte: number): void {
    this.column += 1;
    this.all |= byte;
    if (byte < SPACE && byte !== TAB && byte !== LINE_FEED && byte !== CARRIAGE_RETURN)
      this.fault ??= byte === 0 ? HOLDS_NUL : CONTROL;
    if (this.inString) this.inside(byte);
    else this.outside(byte);
    if (byte === LINE_FEED) {
      this.line += 1;
      this.column = 0;
    }
  }

  private inside(byte: number): void {
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN)
      throw this.broken('A string is not closed at the end of its line');
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) {
      this.inString = false;
      this.last = byte;
      if (this.depth === this.level) {
        this.at += 1;
        this.finish();
        this.at -= 1;
      }
    }
  }

  private outside(byte: number): void {
    switch (byte) {
      case LINE_FEED:
      case CARRIAGE_RETURN:
      case SPACE:
      case TAB:
        if (this.inScalar && this.depth === this.level) this.finish();
        // Records are kept one a line.
        this.buffer[this.at] = SPACE;
        return;
      case QUOTE:
        this.begin();
        this.inString = true;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.openOne(byte);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.closeOne(byte);
        break;
      case COMMA:
        if (this.depth === this.level) this.comma();
        else this.begin();
        break;
      default:
        if (this.depth > this.level) break;
        this.begin();
        this.inScalar = true;
    }
    this.last = byte;
  }

  private openOne(byte: number): void {
    if (this.level === 1 && this.depth === 0) {
      if (this.opened) throw this.broken('Something follows the array');
      this.opened = true;
    } else this.begin();
    this.depth += 1;
    if (this.depth <= MAX_DEPTH) {
      this.kinds[this.depth] = byte;
      this.openings.push({ line: this.line, column: this.column });
    } else this.fault ??= tooDeep();
  }

  private closeOne(byte: number): void {
    if (this.inScalar && this.depth === this.level) this.finish();
    if (this.depth <= MAX_DEPTH) {
      const opening = this.openings.pop();
      const expected = byte === CLOSE_BRACE ? OPEN_BRACE : OPEN_BRACKET;
      if (opening === undefined) throw this.broken(`'${String.fromCharCode(byte)}' closes nothing`);
      if (this.kinds[this.depth] !== expected) {
        const kind = String.fromCharCode(this.kinds[this.depth] ?? 0);
        const from = `'${kind}' of line ${opening.line}, column ${opening.column}`;
        throw this.broken(`'${String.fromCharCode(byte)}' does not close the ${from}`);
      }
    }
    if (this.last === COMMA) {
      if (this.depth === this.level) throw this.broken(COMMA_BEFORE_END.replace(/[.]$/, ''));
      this.fault ??= COMMA_BEFORE_END;
    }
    this.depth -= 1;
    if (this.depth === this.level && this.start >= 0) {
      this.at += 1;
      this.finish();
      this.at -= 1;
    } else if (this.depth === 0) this.closed = true;
  }

  private comma(): void {
    if (this.inScalar) this.finish();
    if (!this.between || this.level === 0) throw this.broken('A comma stands where a value is expected');
    this.between = false;
  }

  /** Begins a value where none has begun. */
  private begin(): void {
    if (this.start >= 0 || this.depth > this.level) return;
    if (this.closed || this.depth < this.level) throw this.broken('Something stands outside of the array');
    if (this.between && this.level === 1) throw this.broken('Between two members a comma is missing');
    this.start = this.at;
    this.startLine = this.line;
    this.all = this.buffer[this.at] as number;
  }

  /** Ends the value before the byte at `at`. */
  private finish(): void {
    const { buffer, start, at, startLine } = this;
    if (this.fault !== undefined) this.sink.bad(startLine, this.fault);
    else if (this.dropped || at - start > this.longest) this.sink.bad(startLine, tooLong());
    else if (this.all > 0x7f && !isUtf8(buffer.subarray(start, at))) this.sink.bad(startLine, NOT_UTF8);
    else this.sink.sound(buffer, start, at, startLine);
    this.start = -1;
    this.inScalar = false;
    this.fault = undefined;
    this.dropped = false;
    this.between = true;
    this.all = 0;
  }

  private broken(what: string): Error {
    const said = what.endsWith('.') ? what : `${what}: the JSON is broken, and what follows cannot be told apart.`;
    return fileError(this.path, said, { line: this.line, column: this.column });
  }
}
