import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { systemFault } from '../../files/system.js';
import { FileError } from '../../files/yaml.js';
import { quote } from '../../kql/sql/literal.js';

export type TextFormat = 'csv' | 'json-array' | 'json-objects';

/** A file that cannot be read as a table, or a place in it that stops the reading. */
export function fileError(
  file: string,
  message: string,
  place?: { line: number; column: number },
  suggestion?: string,
) {
  const { line, column } = place ?? { line: 0, column: 0 };
  return new FileError([{ file, line, column, message, ...(suggestion === undefined ? {} : { suggestion }) }]);
}

/**
 * Makes sure that there is a file to read.
 * @throws FileError for a path that is missing, a folder, or not readable
 */
export function requireFile(path: string): void {
  let isFile: boolean;
  try {
    isFile = statSync(path).isFile();
  } catch (error) {
    const fault = systemFault(error);
    if (fault !== undefined) throw fileError(path, fault.message);
    throw fileError(path, `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!isFile) throw fileError(path, 'This is a folder; name one file of it.');
}

/** The bytes of a file, unpacked when its name ends in `.gz`. */
export function open(path: string): Readable {
  const bytes = createReadStream(path);
  if (!path.toLowerCase().endsWith('.gz')) return bytes;
  const unpacked = createGunzip();
  bytes.on('error', (error) => unpacked.destroy(error));
  return bytes.pipe(unpacked);
}

/**
 * The beginning of a text file without its byte order mark, up to and without the first line break outside quotes.
 * @throws FileError when it is not UTF-8, or longer than a header can be
 */
export async function firstRecord(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  let inQuotes = false;
  const stream = open(path);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const end = chunk.findIndex((byte) => {
        if (byte === QUOTE) inQuotes = !inQuotes;
        return byte === LINE_FEED && !inQuotes;
      });
      chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
      length += chunk.length;
      if (end !== -1) break;
      if (length > MAX_HEADER) throw fileError(path, 'The first record does not end: this is no CSV file.');
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw fileError(path, `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  } finally {
    stream.destroy();
  }
  return decode(path, Buffer.concat(chunks)).replace(/\r$/, '');
}

/** The fields of one CSV record (RFC 4180). */
export function csvFields(record: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy;
  for (let match = field.exec(record); match !== null; match = field.exec(record)) {
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return fields;
  }
  return record.split(',');
}

/** Where rows and rejected records of a file begin: their numbers, and the line of each. */
export interface Located {
  readonly rows: ReadonlyMap<number, number>;
  readonly records: ReadonlyMap<number, number>;
}

/**
 * The first bytes of a text file, as text.
 * @throws FileError when it cannot be read
 */
export async function beginning(path: string, length: number): Promise<string> {
  const stream = open(path);
  const chunks: Buffer[] = [];
  let read = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      read += chunk.length;
      if (read >= length) break;
    }
  } catch (error) {
    throw fileError(path, `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks)
    .subarray(0, length)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

/**
 * The first line of a text file, and whether it ends within so many bytes.
 * @throws FileError when it cannot be read
 */
export async function firstLine(path: string, longest: number): Promise<{ text: string; ends: boolean }> {
  const stream = open(path);
  const chunks: Buffer[] = [];
  let length = 0;
  let ends = true;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const end = chunk.indexOf(LINE_FEED);
      chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
      if (end !== -1) break;
      length += chunk.length;
      ends = length <= longest;
      if (!ends) break;
    }
  } catch (error) {
    throw fileError(path, `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  } finally {
    stream.destroy();
  }
  return {
    text: Buffer.concat(chunks)
      .toString('utf8')
      .replace(/^\uFEFF/, ''),
    ends,
  };
}

/** Where the records of a JSON document are: how deep, and how many other values as deep come before them. */
export interface JsonPlace {
  readonly depth: number;
  readonly before: number;
}

/**
 * The lines on which records begin. A row is a record that DuckDB gives: not the header of a CSV file, nor an empty
 * line of one that has several columns, nor a record that it rejected.
 *
 * @param rows 1-based numbers of the rows that are sought
 * @param rejected 1-based numbers of all records that DuckDB rejected, the header and empty lines counted
 */
export async function locate(
  path: string,
  format: TextFormat,
  rows: ReadonlySet<number>,
  rejected: ReadonlySet<number>,
  columns: number,
  place: JsonPlace = { depth: format === 'json-array' ? 1 : 0, before: 0 },
): Promise<Located> {
  const found = { rows: new Map<number, number>(), records: new Map<number, number>() };
  const scanner = format === 'csv' ? new CsvScanner() : new JsonScanner(place.depth);
  let row = -place.before;
  for await (const chunk of open(path) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      if (scanner.begins(byte)) {
        const passedOver = format === 'csv' && (scanner.record === 1 || (byte === LINE_FEED && columns > 1));
        if (rejected.has(scanner.record)) found.records.set(scanner.record, scanner.line);
        else if (!passedOver && rows.has(++row)) found.rows.set(row, scanner.line);
      }
      if (byte === LINE_FEED) scanner.line += 1;
    }
    if (found.rows.size === rows.size && found.records.size === rejected.size) break;
  }
  return found;
}

const MAX_HEADER = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Fed byte by byte, says of each whether a record begins with it. */
class CsvScanner {
  record = 0;
  line = 1;
  private atRecord = true;
  private atField = true;
  private inQuotes = false;
  private closed = false;

  begins(byte: number): boolean {
    // A carriage return before the line feed is the line's end, not its content.
    const begins = this.atRecord && byte !== CARRIAGE_RETURN;
    if (begins) {
      this.record += 1;
      this.atRecord = false;
    }
    this.follow(byte);
    return begins;
  }

  private follow(byte: number): void {
    if (byte === QUOTE) {
      if (this.inQuotes) {
        this.inQuotes = false;
        this.closed = true;
      } else if (this.atField || this.closed) {
        this.inQuotes = true;
        this.closed = false;
      }
      this.atField = false;
      return;
    }
    this.closed = false;
    if (this.inQuotes) return;
    this.atField = byte === COMMA || byte === LINE_FEED;
    if (byte === LINE_FEED) this.atRecord = true;
  }
}

/** The same for JSON values so many brackets deep: 1 for the members of an array, 0 for objects one after the other. */
class JsonScanner {
  record = 0;
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
    if (begins) {
      this.record += 1;
      this.between = false;
    }
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
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw fileError(path, 'The file is UTF-16; save it as UTF-8.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fileError(path, 'The file is not UTF-8 text.', { line: 1, column: 1 });
  }
}

/** SQL of a path as that of one file: DuckDB would take `*`, `?` and `[` for a pattern. */
export function pathLiteral(path: string): string {
  return quote(path.replaceAll(/[*?[]/g, '[$&]'));
}
