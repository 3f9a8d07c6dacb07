import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, quote } from '../../kql/sql/literal.js';
import { MAX_RECORD, Rejects } from './rejects.js';
import { documentSize, responseTexts } from './response.js';
import { EACH_A_LINE, type Lines } from './source.js';
import { beginning, firstLine, locate, pathLiteral } from './text.js';
import type { Texts } from './texts.js';

/** The lines of a file. */
export function ndjsonTexts(path: string): Texts {
  const rejects = new Rejects();
  // A control character stands in no JSON, so that each line is one field.
  const dialect = `delim = chr(1), quote = '', escape = '', comment = '', nullstr = '', strict_mode = false`;
  return {
    name: path,
    ndjson: path,
    table: (note) =>
      `read_csv(${pathLiteral(path)}, auto_detect = false, header = false, columns = {line: 'VARCHAR'}, ${dialect}, ${rejects.options(note)})`,
    rejected: (connection) => rejects.read(connection),
    linesOf: (_rows, rejected) => Promise.resolve(passingOver(rejected)),
    close: (connection) => rejects.drop(connection),
  };
}

/**
 * The objects of a `.json` file: the rows of an API's answer, the members of one array, one a line, or one after the
 * other over several lines.
 *
 * @param several whether an answer may hold several tables
 * @throws FileError for an answer without rows
 */
export async function jsonTexts(connection: DuckDBConnection, path: string, several = false): Promise<Texts> {
  const response = await responseTexts(connection, path, several);
  if (response !== undefined) return response;
  const shape = await shapeOf(path);
  if (shape === 'ndjson') return ndjsonTexts(path);
  const format = shape === 'json-array' ? 'array' : 'unstructured';
  const longest = shape === 'json-objects' && (await holdsAll(path)) ? documentSize(path) : MAX_RECORD;
  return {
    name: path,
    table: () =>
      `(SELECT json::VARCHAR AS line FROM read_json_objects(${pathLiteral(path)}, format = '${format}', maximum_object_size = ${longest}))`,
    rejected: () => Promise.resolve([]),
    linesOf: async (rows) => {
      const found = await locate(path, shape, new Set(rows), new Set(), 1);
      return { row: (row) => found.rows.get(row) ?? 0, record: () => 0 };
    },
    close: () => Promise.resolve(),
  };
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
    table: () => table,
    rejected: () => Promise.resolve([]),
    linesOf: () => Promise.resolve(EACH_A_LINE),
    close: async (on) => {
      await on.run(`DROP TABLE ${table}`);
    },
  };
}

/** Lines of rows that are counted without the rejected ones. */
function passingOver(rejected: readonly number[]): Lines {
  return {
    row: (row) => rejected.reduce((line, record) => (record <= line ? line + 1 : line), row),
    record: (record) => record,
  };
}

/** Whether a file is likely one object with arrays of records in it, rather than one object after the other. */
async function holdsAll(path: string): Promise<boolean> {
  return /^\s*\{\s*"[^"\\]*"\s*:\s*\[/.test(await beginning(path, 1024));
}

/** What a `.json` file holds, by its first line. */
async function shapeOf(path: string): Promise<'ndjson' | 'json-array' | 'json-objects'> {
  const { text, ends } = await firstLine(path, MAX_RECORD);
  const first = text.trim();
  if (first.startsWith('[')) return 'json-array';
  if (!first.startsWith('{')) return 'ndjson';
  try {
    if (ends) JSON.parse(first);
    return ends ? 'ndjson' : 'json-objects';
  } catch {
    return 'json-objects';
  }
}
