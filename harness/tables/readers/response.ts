import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../kql/sql/literal.js';
import { faultText } from './faults.js';
import { NONE_BROKEN } from './records.js';
import { rowsOf } from './source.js';
import { beginning, fileError, type JsonPlace, locate, pathLiteral } from './text.js';
import { TABLE_OF_RECORD, type Texts } from './texts.js';

/** So much of a file shows whether it is an answer. */
const BEGINNING = 16_384;

/** The names that an answer's document begins with. */
const OPENING =
  /^\s*\{\s*(?:"@odata\.[^"]*"\s*:\s*"[^"]*"\s*,\s*)*"(tables|schema|results|stats|statistics|render)"\s*:/i;

/**
 * The rows of what a query API answered, saved to a file: of Log Analytics (`tables` with `columns` and `rows`), or of
 * advanced hunting (`schema` and `results`, in either case). Nothing for any other file.
 *
 * @param size gives the size of a buffer that holds it whole, once it is known to be an answer
 * @param several whether it may hold several tables; a row then has a table's name in a column `$table`
 * @throws FileError for an answer that holds no rows, or those of several tables
 */
export async function responseTexts(
  connection: DuckDBConnection,
  path: string,
  size: () => Promise<number>,
  several = false,
): Promise<Texts | undefined> {
  if (!OPENING.test(await beginning(path, BEGINNING))) return undefined;
  const document = `(SELECT json FROM read_json_objects(${pathLiteral(path)}, format = 'unstructured', maximum_object_size = ${await size()}) LIMIT 1)`;
  const keys = await keysOf(connection, path, document, 'json');
  const key = (name: string): string | undefined => keys.find((each) => each.toLowerCase() === name);
  const results = key('results');
  if (results !== undefined) {
    const schema = key('schema');
    const before = schema !== undefined && keys.indexOf(schema) < keys.indexOf(results);
    const rows = `json -> ${quote(results)}`;
    const skipped = before ? await lengthOf(connection, document, `json -> ${quote(schema)}`) : 0;
    const table = `(SELECT unnest(from_json(${rows}, '["JSON"]'))::VARCHAR AS line FROM ${document})`;
    return texts(path, table, { depth: 2, before: skipped });
  }
  const tables = key('tables');
  if (tables === undefined) throw noRows(path);
  return tableTexts(connection, path, document, `json -> ${quote(tables)}`, several);
}

/** A table of an answer: SQL of its rows as objects, and how many values stand before and after them as deep as they. */
interface Held {
  readonly sql: string;
  readonly rows: number;
  readonly before: number;
  readonly after: number;
}

async function tableTexts(
  connection: DuckDBConnection,
  path: string,
  document: string,
  tables: string,
  several: boolean,
): Promise<Texts> {
  const count = await lengthOf(connection, document, tables);
  if (count === 0) throw noRows(path);
  if (count > 1 && !several) {
    throw fileError(path, `The answer holds ${count} tables; save the answer of a query with one.`);
  }
  const held: Held[] = [];
  for (let at = 0; at < count; at += 1) {
    held.push(await heldIn(connection, path, document, `${tables} -> ${at}`, count > 1));
  }
  const ends = held.map((_, i) => held.slice(0, i + 1).reduce((sum, { rows }) => sum + rows, 0));
  // The place of a row among all values that are as deep.
  const placeOf = (row: number): number => {
    const at = ends.findIndex((end) => row <= end);
    const passed = held.slice(0, at).reduce((sum, { before, after }) => sum + before + after, 0);
    return row + passed + (held[at]?.before ?? 0);
  };
  return {
    ...texts(path, `(${held.map(({ sql }) => sql).join(' UNION ALL ')})`, { depth: 4, before: 0 }),
    linesOf: async (_connection, rows) => {
      const lines = await locate(path, new Set(rows.map(placeOf)), { depth: 4, before: 0 });
      return (row) => lines.get(placeOf(row)) ?? 0;
    },
  };
}

/** What services call a table that has no name of its own. */
const NAMELESS = /^(PrimaryResult|Table_?\d+)$/i;

async function heldIn(
  connection: DuckDBConnection,
  path: string,
  document: string,
  table: string,
  oneOfSeveral: boolean,
): Promise<Held> {
  const keys = await keysOf(connection, path, document, table);
  if (!keys.includes('columns') || !keys.includes('rows')) throw noRows(path);
  const [row] = await rowsOf(
    connection,
    `SELECT json_extract_string(${table}, '$.columns[*].name'), ${table} ->> 'name', coalesce(json_array_length(${table} -> 'rows'), 0) FROM ${document}`,
  );
  const names = listed(row?.[0]);
  const called = String(row?.[1] ?? '');
  const tagged = oneOfSeveral && !NAMELESS.test(called) && !names.includes(TABLE_OF_RECORD);
  // A column's value is at the column's place in the row.
  const members = names.map((name, i) => `${quote(name)}, cells -> ${i}`);
  const all = [...(tagged ? [`${quote(TABLE_OF_RECORD)}, ${quote(called)}`] : []), ...members];
  const cells = `(SELECT unnest(from_json(${table} -> 'rows', '["JSON"]')) AS cells FROM ${document})`;
  const first = keys.indexOf('columns') < keys.indexOf('rows');
  return {
    sql: `SELECT CASE json_array_length(cells) WHEN ${names.length} THEN json_object(${all.join(', ')}) ELSE cells END::VARCHAR AS line FROM ${cells}`,
    rows: Number(row?.[2] ?? 0),
    before: first ? names.length : 0,
    after: first ? 0 : names.length,
  };
}

function texts(path: string, table: string, place: JsonPlace): Texts {
  return {
    name: path,
    table,
    broken: NONE_BROKEN,
    linesOf: async (_connection, rows) => {
      const lines = await locate(path, new Set(rows), place);
      return (row) => lines.get(row) ?? 0;
    },
    close: () => Promise.resolve(),
  };
}

async function keysOf(connection: DuckDBConnection, path: string, document: string, value: string): Promise<string[]> {
  try {
    const [row] = await rowsOf(connection, `SELECT json_keys(${value}) FROM ${document}`);
    return listed(row?.[0]);
  } catch (error) {
    throw fileError(path, faultText('The JSON is broken', error));
  }
}

async function lengthOf(connection: DuckDBConnection, document: string, value: string): Promise<number> {
  const [row] = await rowsOf(connection, `SELECT coalesce(json_array_length(${value}), 0) FROM ${document}`);
  return Number(row?.[0] ?? 0);
}

function listed(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('items' in value) || !Array.isArray(value.items)) return [];
  return value.items.map(String);
}

function noRows(path: string) {
  const message =
    'This looks like the answer of a query, but holds no rows: expected `tables` with `columns` and `rows`, or `results`.';
  return fileError(path, message, { line: 1, column: 1 });
}
