import { howToRaise, limit } from '../../files/limits.js';
import { quote } from '../../kql/sql/literal.js';
import { fileError, open, textBytes } from './bytes.js';
import type { LineEnd } from './records.js';

export { fileError, open, requireFile } from './bytes.js';

/**
 * The header of a CSV file: the beginning of the file up to and without the first line break outside quotes.
 * @throws FileError when it is not UTF-8, not closed, longer than a header can be, or ended by a carriage return alone
 */
export async function firstRecord(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  let inQuotes = false;
  let ends = false;
  for await (const chunk of textBytes(path)) {
    const end = chunk.findIndex((byte) => {
      if (byte === QUOTE) inQuotes = !inQuotes;
      return byte === LINE_FEED && !inQuotes;
    });
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    length += chunk.length;
    ends = end !== -1;
    if (ends) break;
    if (length > MAX_HEADER) throw fileError(path, 'The first record does not end: this is not a CSV file.', START);
  }
  const header = decode(path, Buffer.concat(chunks)).replace(/\r$/, '');
  if (inQuotes) throw fileError(path, 'A quote of the header is not closed.', START);
  if (header.replaceAll(/"[^"]*"/g, '').includes('\r')) {
    throw fileError(path, 'Its lines end with a carriage return alone; save the file with line feeds.', START);
  }
  return header;
}

const MAX_HEADER = 4 * 1024 * 1024;
const START = { line: 1, column: 1 };

/** The fields of one CSV record (RFC 4180); undefined if it is not one. */
export function csvFields(record: string): string[] | undefined {
  const fields: string[] = [];
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",][^,]*|))(,|$)/gy;
  for (let match = field.exec(record); match !== null; match = field.exec(record)) {
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return fields;
  }
  return undefined;
}

/**
 * The first bytes of a text file, as text.
 * @throws FileError when it cannot be read
 */
export async function beginning(path: string, length: number): Promise<string> {
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of textBytes(path)) {
    chunks.push(chunk);
    read += chunk.length;
    if (read >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length).toString('utf8');
}

/**
 * The first line of a text file, and whether it ends within so many bytes.
 * @throws FileError when it cannot be read
 */
export async function firstLine(path: string, longest: number): Promise<{ text: string; ends: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of textBytes(path)) {
    const end = chunk.indexOf(LINE_FEED);
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    if (end !== -1) break;
    length += chunk.length;
    if (length > longest) return { text: Buffer.concat(chunks).subarray(0, longest).toString('utf8'), ends: false };
  }
  return { text: Buffer.concat(chunks).toString('utf8'), ends: true };
}

/** Where the records of a JSON document are: how deep, and how many other values as deep come before them. */
export interface JsonPlace {
  readonly depth: number;
  readonly before: number;
}

/**
 * The lines on which values within a JSON document begin.
 * @param rows their 1-based numbers
 */
export async function locate(
  path: string,
  rows: ReadonlySet<number>,
  place: JsonPlace,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  const scanner = new JsonScanner(place.depth);
  let row = -place.before;
  for await (const chunk of open(path) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      if (scanner.begins(byte) && rows.has(++row)) found.set(row, scanner.line);
      if (byte === LINE_FEED) scanner.line += 1;
    }
    if (found.size === rows.size) break;
  }
  return found;
}

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Fed byte by byte, says of each whether a JSON value so many brackets deep begins with it. */
class JsonScanner {
  line = 1;
  private depth = 0;
  private between = true;
  private inString = false;
  private escaped = false;

  constructor(private readonly level: number) {}

  begins(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
      return false;
    }
    const begins = this.between && this.depth === this.level && VALUE.has(byte);
    if (begins) this.between = false;
    if (byte === QUOTE) this.inString = true;
    else if (OPENING.has(byte)) this.depth += 1;
    else if (CLOSING.has(byte)) this.depth -= 1;
    if (this.depth === this.level && (byte === COMMA || CLOSING.has(byte))) this.between = true;
    return begins;
  }
}

const bytes = (text: string): ReadonlySet<number> => new Set(Buffer.from(text));
const OPENING = bytes('{[');
const CLOSING = bytes('}]');
const VALUE = bytes('{["-0123456789tfnNI');

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fileError(path, 'The file is not UTF-8 text.', START);
  }
}

/** Options of `read_csv` for records of any size that there may be; left to itself DuckDB takes sixteen times that. */
export function recordOptions(lineEnd: LineEnd): string {
  // A line of a copy has its number before it.
  const longest = limit('record-size') + 64;
  const newLine = lineEnd === '\n' ? '\\n' : '\\r\\n';
  return `max_line_size = ${longest}, buffer_size = ${2 * longest}, new_line = '${newLine}'`;
}

/** SQL of a path as that of one file: DuckDB would take `*`, `?` and `[` for a pattern. */
export function pathLiteral(path: string): string {
  return quote(path.replaceAll(/[*?[]/g, '[$&]'));
}

/** @throws FileError when a file has more columns than a table may have */
export function refuseTooManyColumns(path: string, columns: number): void {
  if (columns <= limit('columns')) return;
  throw fileError(path, `The file has too many columns. ${howToRaise('columns')}`);
}
