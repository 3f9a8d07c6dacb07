import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, quote } from '../../kql/sql/literal.js';
import { MAX_RECORD, Rejects } from './rejects.js';
import { EACH_A_LINE, type Lines, type RejectedRecord } from './source.js';
import { firstRecord, locate, pathLiteral } from './text.js';

/** Where the texts of JSON records come from: SQL of tables with the one column `line`. */
export interface Texts {
  /** The name that messages give them. */
  readonly name: string;
  /** One row a record, whatever is in it; `note` those that cannot even be read as text. */
  table(note: boolean): string;
  /** The path of a file that DuckDB's own reader of NDJSON takes, if every line of it is well formed. */
  readonly ndjson?: string;
  rejected(connection: DuckDBConnection): Promise<readonly RejectedRecord[]>;
  linesOf(rows: readonly number[], rejected: readonly number[]): Promise<Lines>;
  close(connection: DuckDBConnection): Promise<void>;
}

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

/** The objects of a `.json` file: the members of one array, one a line, or one after the other over several lines. */
export async function jsonTexts(path: string): Promise<Texts> {
  const shape = await shapeOf(path);
  if (shape === 'ndjson') return ndjsonTexts(path);
  const format = shape === 'json-array' ? 'array' : 'unstructured';
  return {
    name: path,
    table: () =>
      `(SELECT json::VARCHAR AS line FROM read_json_objects(${pathLiteral(path)}, format = '${format}', maximum_object_size = ${MAX_RECORD}))`,
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

/** What a `.json` file holds, by its first line. */
async function shapeOf(path: string): Promise<'ndjson' | 'json-array' | 'json-objects'> {
  const first = (await firstRecord(path)).replace(/^\uFEFF/, '').trim();
  if (first.startsWith('[')) return 'json-array';
  if (!first.startsWith('{')) return 'ndjson';
  try {
    JSON.parse(first);
    return 'ndjson';
  } catch {
    return 'json-objects';
  }
}
