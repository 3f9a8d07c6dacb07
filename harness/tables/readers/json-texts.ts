import type { DuckDBConnection } from '@duckdb/node-api';
import { howToRaise, limit } from '../../files/limits.js';
import { identifier, quote } from '../../kql/sql/literal.js';
import { fileError, textBytes } from './bytes.js';
import { Copy } from './copy.js';
import { ValueScanner } from './json-values.js';
import { type LineEnd, LineScanner, NONE_BROKEN, scan, Tally } from './records.js';
import { responseTexts } from './response.js';
import { EACH_A_LINE, type LinesOf, rowsOf } from './source.js';
import { beginning, firstLine, locate, pathLiteral, recordOptions } from './text.js';
import type { Texts } from './texts.js';

/**
 * The lines of a file. Where some cannot be taken apart, the others are read from a copy.
 * @throws FileError for a file that cannot be read, is damaged, or is no text
 */
export async function ndjsonTexts(path: string): Promise<Texts> {
  const tally = new Tally(path);
  const scanner = new LineScanner(tally);
  await scan(textBytes(path), scanner);
  const { lineEnd } = scanner;
  if (tally.count > 0 || lineEnd === undefined) return await copied(path, (sink) => new LineScanner(sink));
  return {
    name: path,
    ndjson: path,
    table: `read_csv(${pathLiteral(path)}, columns = {line: 'VARCHAR'}, ${wholeLines(lineEnd)})`,
    records: tally.records,
    broken: NONE_BROKEN,
    linesOf: EACH_A_LINE,
    close: () => Promise.resolve(),
  };
}

function wholeLines(lineEnd: LineEnd): string {
  // A control character stands in no JSON, so that each line is one field, or a number and one field.
  return `delim = chr(1), quote = '', escape = '', comment = '', nullstr = '', strict_mode = false, auto_detect = false, header = false, ${recordOptions(lineEnd)}`;
}

/** The records that a scanner finds, from a copy that has each on one line. */
async function copied(
  path: string,
  scannerFor: (sink: Tally) => { feed(piece: Buffer): void; end(): void },
): Promise<Texts> {
  const copy = new Copy('\u0001');
  try {
    const tally = new Tally(path, copy.write);
    await scan(textBytes(path), scannerFor(tally));
    copy.finish();
    const rows = `read_csv(${pathLiteral(copy.path)}, columns = {of_line: 'BIGINT', line: 'VARCHAR'}, ${wholeLines('\n')})`;
    return {
      name: path,
      table: `(SELECT line FROM ${rows})`,
      records: tally.records,
      broken: { count: tally.count, named: tally.named },
      linesOf: linesWithin(rows),
      close: () => Promise.resolve(copy.remove()),
    };
  } catch (error) {
    copy.remove();
    throw error;
  }
}

/** The lines of rows of a table that has them in its column `of_line`. */
export function linesWithin(table: string): LinesOf {
  return async (connection, rows) => {
    const lines = new Map<number, number>();
    if (rows.length > 0) {
      const numbered = `SELECT row_number() OVER () AS n, of_line FROM ${table}`;
      const found = await rowsOf(connection, `SELECT n, of_line FROM (${numbered}) WHERE n IN (${rows.join(', ')})`);
      for (const [n, at] of found) lines.set(Number(n), Number(at));
    }
    return (row) => lines.get(row) ?? 0;
  };
}

/**
 * The objects of a `.json` file: the rows of an API's answer, the members of one array, one a line, or one after the
 * other over several lines.
 *
 * @param several whether an answer may hold several tables
 * @throws FileError for an answer without rows, and for JSON that is not closed or cannot be told apart
 */
export async function jsonTexts(connection: DuckDBConnection, path: string, several = false): Promise<Texts> {
  const response = await responseTexts(connection, path, () => documentSize(path), several);
  if (response !== undefined) return response;
  const shape = await shapeOf(path);
  if (shape === 'ndjson') return await ndjsonTexts(path);
  if (shape === 'json-objects' && (await holdsAll(path))) return await documents(path);
  return await copied(
    path,
    (sink) => new ValueScanner(path, shape === 'json-array' ? 1 : 0, limit('record-size'), sink),
  );
}

/** Objects that may hold all events in arrays of their own: each is read whole. */
async function documents(path: string): Promise<Texts> {
  const longest = await documentSize(path);
  return {
    name: path,
    table: `(SELECT json::VARCHAR AS line FROM read_json_objects(${pathLiteral(path)}, format = 'unstructured', maximum_object_size = ${longest}))`,
    broken: NONE_BROKEN,
    isDocument: true,
    linesOf: async (_connection, rows) => {
      const lines = await locate(path, new Set(rows), { depth: 0, before: 0 });
      return (row) => lines.get(row) ?? 0;
    },
    close: () => Promise.resolve(),
  };
}

/**
 * The size of a buffer that holds each JSON value of a file.
 * @throws FileError when one is broken, or too large to be read whole
 */
async function documentSize(path: string): Promise<number> {
  const longest = limit('document-size');
  const tally = new Tally(path);
  await scan(textBytes(path), new ValueScanner(path, 0, longest, tally));
  const [bad] = tally.named;
  if (bad !== undefined) {
    const reason = bad.reason.startsWith('The record is too long')
      ? `The events are in one JSON value, which is too long. Save them as JSON lines. ${howToRaise('document-size')}`
      : bad.reason;
    throw fileError(path, reason, { line: bad.line, column: 1 });
  }
  return Math.max(tally.longest * 2, 1024) + 1024;
}

let made = 0;

/** Rows given as JSON texts, kept in a temporary table. */
export async function givenTexts(connection: DuckDBConnection, name: string, texts: readonly string[]): Promise<Texts> {
  const table = identifier(`assay_rows_${++made}`);
  const rows = texts.map((text) => `(${quote(text)})`).join(', ');
  const values = rows === '' ? `SELECT '' AS line WHERE false` : `SELECT * FROM (VALUES ${rows}) AS given(line)`;
  await connection.run(`CREATE TEMP TABLE ${table} AS ${values}`);
  return {
    name,
    table,
    records: texts.length,
    broken: NONE_BROKEN,
    linesOf: EACH_A_LINE,
    close: async (on) => {
      await on.run(`DROP TABLE ${table}`);
    },
  };
}

/** Whether a file is likely one object with arrays of records in it, rather than one object after the other. */
async function holdsAll(path: string): Promise<boolean> {
  return /^\s*\{\s*"[^"\\]*"\s*:\s*\[/.test(await beginning(path, 1024));
}

/** Blanks that may come before an array. */
const BEGINNING = 65_536;

/** What a `.json` file holds, by its first line. */
async function shapeOf(path: string): Promise<'ndjson' | 'json-array' | 'json-objects'> {
  if ((await beginning(path, BEGINNING)).trimStart().startsWith('[')) return 'json-array';
  const { text, ends } = await firstLine(path, limit('record-size'));
  const first = text.trim();
  if (first !== '' && !first.startsWith('{')) return 'ndjson';
  try {
    if (ends) JSON.parse(first);
    return ends ? 'ndjson' : 'json-objects';
  } catch {
    return 'json-objects';
  }
}
