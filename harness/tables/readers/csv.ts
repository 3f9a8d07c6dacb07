import type { DuckDBConnection } from '@duckdb/node-api';
import type { KqlType, NamedType } from '../../kql/types.js';
import { textBytes } from './bytes.js';
import { fromText, isMissing } from './convert.js';
import { Copy } from './copy.js';
import { kindsIn, kindsOfText, typeOfText } from './infer.js';
import { linesWithin } from './json-texts.js';
import { type DateOrder, isLocalTime, localTimeFromText, orderEvidence, orderFrom } from './local-times.js';
import { type Broken, CsvScanner, type LineEnd, type RecordSink, scan, Tally } from './records.js';
import { type LinesOf, type Reading, rowsOf, type Source, sound, type Use } from './source.js';
import { csvFields, fileError, firstRecord, pathLiteral, recordOptions, refuseTooManyColumns } from './text.js';

/**
 * A CSV file with a header, parted by commas, quoted as RFC 4180 has it. So write it advanced hunting and Log
 * Analytics; the latter marks the time zone in the header (`TimeGenerated [UTC]`), which is taken off the name, and
 * writes times as the portal's language has them.
 *
 * @throws FileError for a file that is damaged, without header, parted otherwise, with two columns of one name or more
 *   than `columns`, or with times in a local zone
 */
export async function openCsv(path: string): Promise<Source> {
  const first = await firstRecord(path);
  refuseOtherDelimiters(path, first);
  const header = csvFields(first);
  if (header === undefined) throw fileError(path, 'The quotes of the header are not closed as they should be.', HEADER);
  const names = columnNames(path, header);
  const tally = new Tally(path);
  const scanner = new CsvScanner(names.length, pastHeader(path, tally));
  await scan(textBytes(path), scanner);
  const { lineEnd } = scanner;
  if (tally.count === 0 && lineEnd !== undefined) return new CsvSource(path, names, tally, lineEnd);
  // A copy has nothing to be guessed at: each record ends in the same way, and what is none is left out.
  const copy = new Copy(',');
  try {
    const sound = new Tally(path, copy.write);
    await scan(textBytes(path), new CsvScanner(names.length, pastHeader(path, sound)));
    copy.finish();
    return new CsvSource(path, names, sound, '\n', copy);
  } catch (error) {
    copy.remove();
    throw error;
  }
}

const HEADER = { line: 1, column: 1 };

/** The records after the first line. */
function pastHeader(path: string, sink: RecordSink): RecordSink {
  return {
    sound: (buffer, from, to, line) => {
      if (line > 1) sink.sound(buffer, from, to, line);
    },
    bad: (line, reason, lines) => {
      if (line === 1) throw fileError(path, `The header cannot be read. ${reason}`, HEADER);
      sink.bad(line, reason, lines);
    },
  };
}

/** Whether times are written for people shows in the first rows; the order of their digits perhaps only in the last. */
const SAMPLE = 1000;

class CsvSource implements Source {
  readonly records: number;
  private readonly places: ReadonlyMap<string, number>;
  readonly broken: Broken;
  /** The columns whose times are written for people, and in which order where that matters. */
  private readonly local = new Map<string, DateOrder | undefined>();

  constructor(
    readonly name: string,
    readonly fields: readonly string[],
    tally: Tally,
    private readonly lineEnd: LineEnd,
    /** The file without what cannot be taken apart. */
    private readonly copy?: Copy,
  ) {
    this.places = new Map(fields.map((name, i) => [name, i]));
    this.records = tally.records;
    this.broken = { count: tally.count, named: tally.named };
  }

  async prepare(
    connection: DuckDBConnection,
    columns: readonly NamedType[],
    dates: DateOrder | undefined,
  ): Promise<void> {
    const times = columns.filter(({ type }) => type === 'datetime').map(({ name }) => name);
    if (times.length === 0) return;
    const seen = times.map((name) => `coalesce(bool_or(${isLocalTime(this.column(name))}), false)`);
    const some = `(SELECT * FROM ${this.table} LIMIT ${SAMPLE})`;
    const [written = []] = await rowsOf(connection, `SELECT ${seen.join(', ')} FROM ${some}`);
    for (const name of times.filter((_, i) => written[i] === true)) {
      this.local.set(name, dates ?? (await this.orderOf(connection, name)));
    }
  }

  private async orderOf(connection: DuckDBConnection, name: string): Promise<DateOrder | undefined> {
    const evidence = orderEvidence(this.column(name));
    const [row = []] = await rowsOf(connection, `SELECT ${evidence.join(', ')} FROM ${this.table}`);
    const order = orderFrom(row);
    if (order === 'none') return undefined;
    if (order === 'month-first' || order === 'day-first') return order;
    const message =
      order === 'both'
        ? `The times of '${name}' have now the day and now the month first.`
        : `The times of '${name}' are written as '${String(row[3])}', where the day or the month may come first.`;
    const advice = 'Export them as ISO 8601, or say `--dates day-first` or `--dates month-first`.';
    throw fileError(this.name, `${message} ${advice}`, { line: 1, column: 1 });
  }

  reading(columns: readonly NamedType[], passThrough: readonly string[], use: Use): Reading {
    const wanted = columns.map(({ name }, i) => `${this.column(name)} AS f${i}`);
    const passed = passThrough.map((name, i) => `${this.fields.includes(name) ? this.column(name) : 'NULL'} AS p${i}`);
    return {
      from: `(SELECT ${[...wanted, ...passed, ...sound(use)].join(', ')} FROM ${this.table})`,
      conversions: columns.map(({ name, type }, i) => ({
        sql: this.local.has(name) ? localTimeFromText(`f${i}`, this.local.get(name)) : fromText(`f${i}`, type),
        missing: missingText(`f${i}`, type),
      })),
    };
  }

  async infer(connection: DuckDBConnection, fields: readonly string[]): Promise<readonly KqlType[]> {
    if (fields.length === 0) return [];
    const columns = fields.map((name) => this.column(name));
    return (await kindsIn(connection, columns, kindsOfText, this.table)).map(typeOfText);
  }

  explain(): string {
    return 'The record cannot be read.';
  }

  placeOf(): Promise<{ line: number; column: number }> {
    return Promise.resolve({ line: 1, column: 1 });
  }

  async linesOf(...[connection, rows]: Parameters<LinesOf>): ReturnType<LinesOf> {
    if (this.copy !== undefined) return await linesWithin(this.table)(connection, rows);
    const wanted = new Set(rows);
    const lines = new Map<number, number>();
    const tally = new Tally(this.name, (_buffer, _from, _to, line) => {
      if (wanted.has(tally.records)) lines.set(tally.records, line);
    });
    await scan(textBytes(this.name), new CsvScanner(this.fields.length, pastHeader(this.name, tally)));
    return (row) => lines.get(row) ?? 0;
  }

  close(): Promise<void> {
    this.copy?.remove();
    return Promise.resolve();
  }

  private column(name: string): string {
    return `h${this.places.get(name)}`;
  }

  private get table(): string {
    const fields = this.fields.map((_, i) => `h${i}: 'VARCHAR'`);
    const columns = this.copy === undefined ? fields : ["of_line: 'BIGINT'", ...fields];
    const dialect = `header = ${this.copy === undefined}, delim = ',', quote = '"', escape = '"', comment = '', nullstr = ''`;
    return `read_csv(${pathLiteral(this.copy?.path ?? this.name)}, auto_detect = false, columns = {${columns.join(', ')}}, ${dialect}, ${recordOptions(this.lineEnd)})`;
  }
}

/** SQL of whether a text holds no value of a type. */
export function missingText(text: string, type: KqlType): string {
  return type === 'dynamic' ? `(${isMissing(text)} OR trim(${text}) = 'null')` : isMissing(text);
}

/** Spreadsheets part fields as the language of the computer has it, and then write numbers and times so as well. */
function refuseOtherDelimiters(path: string, header: string): void {
  const place = { line: 1, column: 1 };
  if (/^sep=.$/i.test(header)) {
    throw fileError(
      path,
      `The first line is '${header}', which is meant for Excel; expected a header. Remove it.`,
      place,
    );
  }
  if (header.includes(',')) return;
  const other = [';', '\t', '|'].find((delimiter) => header.includes(delimiter));
  if (other === undefined) return;
  const shown = other === '\t' ? 'tabs' : `'${other}'`;
  throw fileError(path, `The header is parted by ${shown}; expected commas. Take the file as it was exported.`, place);
}

function columnNames(path: string, header: readonly string[]): string[] {
  if (header.length === 1 && header[0] === '') {
    throw fileError(path, 'The file is empty; expected a header of column names.', { line: 1, column: 1 });
  }
  refuseTooManyColumns(path, header.length);
  const names = header.map((name) => columnName(path, name));
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw fileError(path, `The header names the column '${name}' twice.`, HEADER);
    seen.add(name);
  }
  return names;
}

function columnName(path: string, written: string): string {
  const [, name = '', zone] = /^(.*?)(?: \[(.*)\])?$/s.exec(written) ?? [];
  if (zone !== undefined && zone.toUpperCase() !== 'UTC') {
    const message = `The times of '${name}' are in the zone '${zone}', whose offset is not known; export them in UTC.`;
    throw fileError(path, message, { line: 1, column: 1 });
  }
  if (name === '') throw fileError(path, 'The header holds a column without a name.', { line: 1, column: 1 });
  return name;
}
