import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, quote } from '../../kql/sql/literal.js';
import type { KqlType, NamedType } from '../../kql/types.js';
import { dynamicFromJson, fromText, isMissing } from './convert.js';
import { elected, jsonVotes } from './infer.js';
import { MAX_RECORD, Rejects } from './rejects.js';
import {
  EACH_A_LINE,
  type Lines,
  type Reading,
  type RejectedRecord,
  rowNumber,
  rowsOf,
  type Source,
  type Use,
} from './source.js';
import { fileError, firstRecord, locate, pathLiteral } from './text.js';

/** Where the texts of records come from: SQL of a table with the one column `line`. */
interface Texts {
  readonly name: string;
  table(final: boolean): string;
  rejected(connection: DuckDBConnection): Promise<readonly RejectedRecord[]>;
  linesOf(rows: readonly number[], rejected: readonly number[]): Promise<Lines>;
  close(connection: DuckDBConnection): Promise<void>;
}

/**
 * A file of JSON objects: one a line (NDJSON), in one array, or one after the other over several lines.
 * @throws FileError when the array, or the sequence of several lines, is not JSON
 */
export async function openJson(connection: DuckDBConnection, path: string, format: 'ndjson' | 'json'): Promise<Source> {
  const shape = format === 'ndjson' ? 'ndjson' : await shapeOf(path);
  return JsonSource.open(connection, shape === 'ndjson' ? ndjson(path) : objects(path, shape));
}

/** Rows given as JSON texts. */
export async function openTexts(connection: DuckDBConnection, name: string, texts: readonly string[]): Promise<Source> {
  const table = `assay_rows_${++texted}`;
  const parts = texts.map((text) => `(${quote(text)})`).join(', ');
  const values =
    texts.length === 0 ? `SELECT ''::VARCHAR AS line WHERE false` : `SELECT * FROM (VALUES ${parts}) AS t(line)`;
  await connection.run(`CREATE TEMP TABLE ${identifier(table)} AS ${values}`);
  return JsonSource.open(connection, {
    name,
    table: () => identifier(table),
    rejected: () => Promise.resolve([]),
    linesOf: () => Promise.resolve(EACH_A_LINE),
    close: async (on) => {
      await on.run(`DROP TABLE ${identifier(table)}`);
    },
  });
}

let texted = 0;

function ndjson(path: string): Texts {
  const rejects = new Rejects();
  return {
    name: path,
    // A control character stands in no JSON, so that each line is one field.
    table: (final) =>
      `read_csv(${pathLiteral(path)}, auto_detect = false, header = false, columns = {line: 'VARCHAR'}, delim = chr(1), quote = '', escape = '', comment = '', nullstr = '', strict_mode = false, ${rejects.options(final)})`,
    rejected: (connection) => rejects.read(connection),
    linesOf: (_rows, rejected) => Promise.resolve(passingOver(rejected)),
    close: (connection) => rejects.drop(connection),
  };
}

function objects(path: string, format: 'json-array' | 'json-objects'): Texts {
  const duckdb = format === 'json-array' ? 'array' : 'unstructured';
  return {
    name: path,
    table: () =>
      `(SELECT json::VARCHAR AS line FROM read_json_objects(${pathLiteral(path)}, format = '${duckdb}', maximum_object_size = ${MAX_RECORD}))`,
    rejected: () => Promise.resolve([]),
    linesOf: async (rows) => {
      const found = await locate(path, format, new Set(rows), new Set(), 1);
      return { row: (row) => found.rows.get(row) ?? 0, record: () => 0 };
    },
    close: () => Promise.resolve(),
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

class JsonSource implements Source {
  readonly name: string;

  private constructor(
    private readonly texts: Texts,
    readonly fields: readonly string[],
    /** Whether every record is an object, so that none needs to be guarded. */
    private readonly clean: boolean,
  ) {
    this.name = texts.name;
  }

  static async open(connection: DuckDBConnection, texts: Texts): Promise<JsonSource> {
    const keys = `SELECT DISTINCT CASE WHEN ${IS_OBJECT} THEN json_keys(line) END AS keys FROM ${texts.table(false)} WHERE ${NOT_BLANK}`;
    try {
      const found = await rowsOf(connection, `SELECT DISTINCT unnest(coalesce(keys, [NULL])) FROM (${keys})`);
      const first = await rowsOf(
        connection,
        `SELECT unnest(json_keys(line)) FROM (SELECT line FROM ${texts.table(false)} WHERE ${NOT_BLANK} AND ${IS_OBJECT} LIMIT 1)`,
      );
      const ordered = new Set(first.map(([key]) => String(key)));
      const others = found.flatMap(([key]) => (key === null ? [] : [String(key)])).sort();
      for (const key of others) ordered.add(key);
      return new JsonSource(
        texts,
        [...ordered],
        found.every(([key]) => key !== null),
      );
    } catch (error) {
      await texts.close(connection);
      throw fileError(
        texts.name,
        `The JSON is broken: ${error instanceof Error ? error.message.trim() : String(error)}`,
      );
    }
  }

  reading(columns: readonly NamedType[], passThrough: readonly string[], use: Use): Reading {
    const passed = passThrough.map((name) => ({ name, type: 'string' as const }));
    return {
      from: this.from([...columns, ...passed], columns.length, use),
      conversions: columns.map(({ type }, i) =>
        type === 'dynamic'
          ? { sql: dynamicFromJson(`f${i}`), missing: `(f${i} IS NULL OR f${i}::VARCHAR = '""')` }
          : { sql: fromText(`f${i}`, type), missing: isMissing(`f${i}`) },
      ),
    };
  }

  async infer(connection: DuckDBConnection, fields: readonly string[]): Promise<readonly KqlType[]> {
    if (fields.length === 0) return [];
    const columns = fields.map((name) => ({ name, type: 'dynamic' as const }));
    const votes = fields.flatMap((_, i) => jsonVotes(`f${i}`));
    const sql = `SELECT ${votes.join(', ')} FROM ${this.from(columns, columns.length, 'look')} WHERE ok`;
    const [row] = await rowsOf(connection, sql);
    return elected(row ?? []);
  }

  explain(raw: string): string {
    try {
      const value: unknown = JSON.parse(raw);
      const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
      return `Expected a JSON object, found ${found}.`;
    } catch (error) {
      return `The line is not JSON: ${error instanceof Error ? error.message : String(error)}.`;
    }
  }

  async placeOf(connection: DuckDBConnection, field: string): Promise<{ line: number; column: number }> {
    const sql = `SELECT min(n) FROM (SELECT line, row_number() OVER () AS n FROM ${this.texts.table(true)}) WHERE ${NOT_BLANK} AND CASE WHEN ${IS_OBJECT} THEN list_contains(json_keys(line), ${quote(field)}) END`;
    const row = Number((await rowsOf(connection, sql))[0]?.[0] ?? 1);
    const rejected = (await this.rejected(connection)).map(({ record }) => record);
    return { line: (await this.linesOf([row], rejected)).row(row), column: 1 };
  }

  rejected(connection: DuckDBConnection): Promise<readonly RejectedRecord[]> {
    return this.texts.rejected(connection);
  }

  linesOf(rows: readonly number[], rejected: readonly number[]): Promise<Lines> {
    return this.texts.linesOf(rows, rejected);
  }

  close(connection: DuckDBConnection): Promise<void> {
    return this.texts.close(connection);
  }

  /** The records with the columns as `f0`, …, the ones from `passedAt` on as `p0`, …; blank lines pass as rows. */
  private from(columns: readonly NamedType[], passedAt: number, use: Use): string {
    const layers = layersOf(columns);
    const parsed = layers.map((layer, i) => {
      const shape = `{${layer.map(({ name, type }) => `${JSON.stringify(name)}:"${held(type)}"`).join(',')}}`;
      const parse = `from_json(line, ${quote(shape)})`;
      return `${this.clean ? parse : `CASE WHEN ok THEN ${parse} END`} AS r${i}`;
    });
    const taken = columns.map((column, i) => {
      const layer = layers.findIndex((each) => each.includes(column));
      return `r${layer}.${identifier(column.name)} AS ${i < passedAt ? `f${i}` : `p${i - passedAt}`}`;
    });
    const numbered = `(SELECT line, ${rowNumber(use)} AS n FROM ${this.texts.table(use === 'load')})`;
    const judged = `SELECT line, n, ${this.clean ? 'true' : IS_OBJECT} AS ok FROM ${numbered} WHERE ${NOT_BLANK}`;
    const read = `SELECT ${[...parsed, 'ok', 'n', 'line'].join(', ')} FROM (${judged})`;
    const raw = 'CASE WHEN NOT ok THEN left(line, 100000) END AS raw';
    return `(SELECT ${[...taken, 'ok', 'n', raw].join(', ')} FROM (${read}))`;
  }
}

const BLANKS = `' ' || chr(9) || chr(13) || chr(10)`;
const NOT_BLANK = `trim(line, ${BLANKS}) <> ''`;
const IS_OBJECT = `(starts_with(ltrim(line, ${BLANKS}), '{') AND json_valid(line))`;

function held(type: KqlType): string {
  return type === 'dynamic' ? 'JSON' : 'VARCHAR';
}

/** The columns in groups within which no two names differ by case alone: DuckDB has no such structs. */
function layersOf(columns: readonly NamedType[]): NamedType[][] {
  const layers: { taken: Set<string>; columns: NamedType[] }[] = [];
  for (const column of columns) {
    const name = column.name.toLowerCase();
    let layer = layers.find(({ taken }) => !taken.has(name));
    if (layer === undefined) {
      layer = { taken: new Set(), columns: [] };
      layers.push(layer);
    }
    layer.taken.add(name);
    layer.columns.push(column);
  }
  return layers.map((layer) => layer.columns);
}
