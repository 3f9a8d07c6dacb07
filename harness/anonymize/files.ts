import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { writeWholeBy } from '../files/output.js';
import { fileError, open } from '../tables/readers/text.js';
import { isSecretColumn, nameKeysOf, PERSON_COLUMN } from './columns.js';
import { JsonStrings, replaceInJson } from './json-strings.js';
import { anonymizeParquet } from './parquet.js';
import type { FileResult, LostRecord, Reader } from './reader.js';

const NAMED = 20;

/**
 * Shows every text of a file to a reader, and writes the file anew with what the reader gives.
 *
 * @param target nothing to read without writing
 * @throws FileError for a file of another format, and for one that is broken as a whole
 */
export async function passThrough(path: string, target: string | undefined, reader: Reader): Promise<FileResult> {
  const format = /\.(csv|ndjson|jsonl|json|parquet)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  if (format === 'parquet') return await anonymizeParquet(path, target, reader);
  if (format === undefined) {
    throw fileError(path, 'The name says no format; expected .csv, .ndjson, .jsonl, .json or .parquet.');
  }
  const pass = async (sink?: Sink): Promise<FileResult> => {
    const input = open(path);
    if (format === 'csv') return await passCsv(path, input, sink, reader);
    return format === 'json' ? await passJson(path, input, sink, reader) : await passLines(input, sink, reader);
  };
  if (target === undefined) return await pass();
  return await writeWholeBy(target, async (draft) => {
    const sink = new Sink(draft.stream(), /\.gz$/i.test(target));
    try {
      return await pass(sink);
    } finally {
      await sink.close();
    }
  });
}

async function passCsv(path: string, input: Readable, sink: Sink | undefined, reader: Reader): Promise<FileResult> {
  const parser = input.pipe(parse({ bom: true, relax_column_count: true, skip_empty_lines: true }));
  input.on('error', (error) => parser.destroy(error));
  let header: readonly string[] | undefined;
  let records = 0;
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (header === undefined) {
        header = row;
        // A file without a header begins with values.
        await sink?.write(csvLine(row.map((cell) => reader.visit('', cell))));
        continue;
      }
      const columns = header;
      const replaced = row.map((cell, i) => reader.visit(columnAt(columns, row, i), cell));
      reader.link?.(new Map(columns.flatMap((name, i) => (PERSON_COLUMN.test(name) ? [[name, row[i] ?? '']] : []))));
      await sink?.write(csvLine(replaced));
      records += 1;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The library's own message quotes the value.
    throw fileError(path, `The CSV is broken: ${CSV_FAULTS[error.code] ?? 'this record cannot be read'}.`, {
      line: Number(error['lines'] ?? 1),
      column: 1,
    });
  }
  return { records, lostCount: 0, lost: [] };
}

const CSV_FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'behind a closing quote stands something else than a comma or the end of the line',
  INVALID_OPENING_QUOTE: 'a quote stands within a value that does not begin with one',
  CSV_MAX_RECORD_SIZE: 'a record is too long',
};

/** The column of a cell; of the value of a secret, what the record says that it is called. */
function columnAt(columns: readonly string[], row: readonly string[], i: number): string {
  const column = columns[i] ?? '';
  const place = columns.findIndex((other) => nameKeysOf(column)?.includes(other.toLowerCase()));
  const name = row[place];
  return name !== undefined && isSecretColumn(name) ? name : column;
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}

async function passLines(input: Readable, sink: Sink | undefined, reader: Reader): Promise<FileResult> {
  const lost: LostRecord[] = [];
  let lostCount = 0;
  let records = 0;
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    const record = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (record.trim() === '') continue;
    const replaced = replaceInJson(record, reader.visit, reader.link);
    if (replaced === undefined) {
      lostCount += 1;
      if (lost.length < NAMED) lost.push({ line, reason: 'The line is not a JSON object.' });
      continue;
    }
    await sink?.write(`${replaced}\n`);
    records += 1;
  }
  return { records, lostCount, lost };
}

async function passJson(path: string, input: Readable, sink: Sink | undefined, reader: Reader): Promise<FileResult> {
  const strings = new JsonStrings(reader.visit, reader.link);
  let isFirst = true;
  try {
    for await (const piece of input.setEncoding('utf8') as AsyncIterable<string>) {
      const replaced = strings.write(isFirst ? piece.replace(/^\uFEFF/, '') : piece);
      await sink?.write(replaced);
      isFirst = false;
    }
    const last = strings.end();
    await sink?.write(last);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw fileError(path, `The JSON is broken: ${error.message}.`);
  }
  return { records: strings.records, lostCount: 0, lost: [] };
}

/** A file that is written piece by piece, packed or not. */
class Sink {
  private readonly into: PassThrough = new PassThrough();
  private readonly written: Promise<void>;

  constructor(file: Writable, packed: boolean) {
    this.written = packed ? pipeline(this.into, createGzip(), file) : pipeline(this.into, file);
    // Where it fails, the next piece or the end says so.
    this.written.catch(() => undefined);
  }

  async write(text: string): Promise<void> {
    if (text !== '' && !this.into.write(text)) await Promise.race([once(this.into, 'drain'), this.written]);
  }

  async close(): Promise<void> {
    this.into.end();
    await this.written;
  }
}
