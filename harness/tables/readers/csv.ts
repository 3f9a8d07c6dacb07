import type { DuckDBConnection } from '@duckdb/node-api';
import type { KqlType, NamedType } from '../../kql/types.js';
import { fromText, isMissing } from './convert.js';
import { kindsOfText, typeOfText } from './infer.js';
import { type DateOrder, isLocalTime, localTimeFromText, orderEvidence, orderFrom } from './local-times.js';
import { Rejects } from './rejects.js';
import { type Lines, type Reading, type RejectedRecord, rowsOf, type Source, sound, type Use } from './source.js';
import { csvFields, fileError, firstRecord, locate, pathLiteral } from './text.js';

/**
 * A CSV file with a header, parted by commas, quoted as RFC 4180 has it. So write it advanced hunting and Log
 * Analytics; the latter marks the time zone in the header (`TimeGenerated [UTC]`), which is taken off the name, and
 * writes times as the portal's language has them.
 *
 * @throws FileError for a file without header, parted otherwise, with two columns of one name, or with times in a
 *   local zone
 */
export async function openCsv(path: string): Promise<Source> {
  const first = await firstRecord(path);
  refuseOtherDelimiters(path, first);
  const header = csvFields(first);
  return new CsvSource(path, columnNames(path, header));
}

/** Whether times are written for people shows in the first rows; the order of their digits perhaps only in the last. */
const SAMPLE = 1000;

class CsvSource implements Source {
  private readonly rejects = new Rejects();
  /** The columns whose times are written for people, and in which order where that matters. */
  private readonly local = new Map<string, DateOrder | undefined>();

  constructor(
    readonly name: string,
    readonly fields: readonly string[],
  ) {}

  async prepare(
    connection: DuckDBConnection,
    columns: readonly NamedType[],
    dates: DateOrder | undefined,
  ): Promise<void> {
    const times = columns.filter(({ type }) => type === 'datetime').map(({ name }) => name);
    if (times.length === 0) return;
    const seen = times.map((name) => `coalesce(bool_or(${isLocalTime(this.column(name))}), false)`);
    const some = `(SELECT * FROM ${this.table(false)} LIMIT ${SAMPLE})`;
    const [written = []] = await rowsOf(connection, `SELECT ${seen.join(', ')} FROM ${some}`);
    for (const name of times.filter((_, i) => written[i] === true)) {
      this.local.set(name, dates ?? (await this.orderOf(connection, name)));
    }
  }

  private async orderOf(connection: DuckDBConnection, name: string): Promise<DateOrder | undefined> {
    const evidence = orderEvidence(this.column(name));
    const [row = []] = await rowsOf(connection, `SELECT ${evidence.join(', ')} FROM ${this.table(false)}`);
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
      from: `(SELECT ${[...wanted, ...passed, ...sound(use)].join(', ')} FROM ${this.table(use === 'load')})`,
      conversions: columns.map(({ name, type }, i) => ({
        sql: this.local.has(name) ? localTimeFromText(`f${i}`, this.local.get(name)) : fromText(`f${i}`, type),
        missing: missingText(`f${i}`, type),
      })),
    };
  }

  async infer(connection: DuckDBConnection, fields: readonly string[]): Promise<readonly KqlType[]> {
    if (fields.length === 0) return [];
    const kinds = fields.map((name) => kindsOfText(this.column(name)));
    const [row = []] = await rowsOf(connection, `SELECT ${kinds.join(', ')} FROM ${this.table(false)}`);
    return row.map((seen) => typeOfText(Number(seen ?? 0)));
  }

  explain(): string {
    return 'The record cannot be read.';
  }

  placeOf(): Promise<{ line: number; column: number }> {
    return Promise.resolve({ line: 1, column: 1 });
  }

  rejected(connection: DuckDBConnection): Promise<readonly RejectedRecord[]> {
    return this.rejects.read(connection);
  }

  async linesOf(rows: readonly number[], rejected: readonly number[]): Promise<Lines> {
    const found = await locate(this.name, 'csv', new Set(rows), new Set(rejected), this.fields.length);
    return { row: (row) => found.rows.get(row) ?? 0, record: (record) => found.records.get(record) ?? 0 };
  }

  close(connection: DuckDBConnection): Promise<void> {
    return this.rejects.drop(connection);
  }

  private column(name: string): string {
    return `h${this.fields.indexOf(name)}`;
  }

  private table(final: boolean): string {
    const columns = this.fields.map((_, i) => `h${i}: 'VARCHAR'`).join(', ');
    const dialect = `header = true, delim = ',', quote = '"', escape = '"', comment = '', nullstr = ''`;
    return `read_csv(${pathLiteral(this.name)}, auto_detect = false, columns = {${columns}}, ${dialect}, ${this.rejects.options(final)})`;
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
  const names = header.map((name) => columnName(path, name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw fileError(path, `The header names the column '${twice}' twice.`, { line: 1, column: 1 });
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
