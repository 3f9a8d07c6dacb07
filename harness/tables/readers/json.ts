import type { DuckDBConnection } from '@duckdb/node-api';
import { FileError } from '../../files/errors.js';
import { limit } from '../../files/limits.js';
import { identifier, quote } from '../../kql/sql/literal.js';
import type { KqlType, NamedType } from '../../kql/types.js';
import { dynamicFromJson, fromText, isMissing } from './convert.js';
import { faultText } from './faults.js';
import { kindsIn, kindsOfJson, typeOfJson } from './infer.js';
import type { Broken } from './records.js';
import { type LinesOf, type Reading, rowNumber, rowsOf, type Source, sound, type Use } from './source.js';
import { fileError, pathLiteral, refuseTooManyColumns } from './text.js';
import type { Texts } from './texts.js';

/** The keys of all records. */
interface Keys {
  readonly names: readonly string[];
  /** Every record is an object that has no key twice. */
  readonly clean: boolean;
  readonly records: number;
}

/**
 * JSON objects as a table.
 * @throws FileError when the texts cannot be told apart, because an array or a sequence of objects is not JSON
 */
export async function openJson(connection: DuckDBConnection, texts: Texts): Promise<Source> {
  try {
    const strict = texts.ndjson === undefined ? undefined : await keysOfNdjson(connection, texts.ndjson);
    const isClean = strict?.clean === true && strict.records === texts.records;
    const { names } = strict !== undefined && isClean ? strict : await keysOfTexts(connection, texts);
    refuseTooManyColumns(texts.name, names.length);
    return new JsonSource(texts, names, isClean ? texts.ndjson : undefined);
  } catch (error) {
    await texts.close(connection);
    if (error instanceof FileError) throw error;
    throw fileError(texts.name, faultText('The JSON is broken', error));
  }
}

/** Nothing when some line is not JSON: then the lines are judged one by one. */
async function keysOfNdjson(connection: DuckDBConnection, path: string): Promise<Keys | undefined> {
  const table = `read_json_objects(${pathLiteral(path)}, format = 'newline_delimited', maximum_object_size = ${objectSize()})`;
  try {
    return await keysOf(connection, `(SELECT json AS line, starts_with(json, '{') AS ok FROM ${table})`);
  } catch {
    return undefined;
  }
}

function keysOfTexts(connection: DuckDBConnection, texts: Texts): Promise<Keys> {
  return keysOf(connection, `(SELECT line, ${IS_OBJECT} AS ok FROM ${texts.table} WHERE ${NOT_BLANK})`);
}

/**
 * Keys in the order in which records have them first, by name where they differ: the same on every run. Few lists of
 * keys differ, and their 64-bit hashes tell which do without a copy of each.
 */
async function keysOf(connection: DuckDBConnection, texts: string): Promise<Keys> {
  const each = `SELECT CASE WHEN ok THEN json_keys(line) END AS keys FROM ${texts}`;
  const lists = `SELECT any_value(keys) AS keys, count(*) AS records FROM (${each}) GROUP BY hash(keys)`;
  const places = 'SELECT unnest(keys) AS key, generate_subscripts(keys, 1) AS place FROM lists';
  const ordered = `SELECT key, min(place) AS place FROM (${places}) GROUP BY key ORDER BY place, key LIMIT ${limit('columns') + 1}`;
  const names = `SELECT list(key ORDER BY place, key) FROM (${ordered})`;
  const clean = 'SELECT bool_and(coalesce(len(keys) = len(list_distinct(keys)), false)) FROM lists';
  const reader = await connection.runAndReadAll(
    `WITH lists AS MATERIALIZED (${lists}) SELECT (${names}), (${clean}), (SELECT sum(records)::DOUBLE FROM lists)`,
  );
  const [keys, isClean, records] = reader.getRowsJS()[0] ?? [];
  return {
    names: Array.isArray(keys) ? keys.map(String) : [],
    clean: isClean !== false,
    records: Number(records ?? 0),
  };
}

class JsonSource implements Source {
  readonly name: string;
  readonly records: number | undefined;
  readonly broken: Broken;
  readonly linesOf: LinesOf;

  constructor(
    private readonly texts: Texts,
    readonly fields: readonly string[],
    /** Set when every line of that file is a well-formed object, so that none needs to be judged. */
    private readonly clean: string | undefined,
  ) {
    this.name = texts.name;
    this.records = texts.records;
    this.broken = texts.broken;
    this.linesOf = texts.linesOf;
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
    const from = `${this.from(columns, columns.length, 'take')} WHERE ok`;
    const names = fields.map((_, i) => `f${i}`);
    return (await kindsIn(connection, names, kindsOfJson, from)).map(typeOfJson);
  }

  explain(raw: string): string {
    try {
      const value: unknown = JSON.parse(raw);
      const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
      if (found === 'a object') return SURROGATE;
      return `Expected a JSON object, found ${found}.`;
    } catch (error) {
      return `The line is not JSON: ${error instanceof Error ? error.message : String(error)}.`;
    }
  }

  async placeOf(connection: DuckDBConnection, field: string): Promise<{ line: number; column: number }> {
    const sql = `SELECT min(n) FROM (SELECT line, row_number() OVER () AS n FROM ${this.texts.table}) WHERE ${NOT_BLANK} AND CASE WHEN ${IS_OBJECT} THEN list_contains(json_keys(line), ${quote(field)}) END`;
    const row = Number((await rowsOf(connection, sql))[0]?.[0] ?? 1);
    return { line: (await this.linesOf(connection, [row]))(row), column: 1 };
  }

  close(connection: DuckDBConnection): Promise<void> {
    return this.texts.close(connection);
  }

  /** The records with the columns as `f0`, …, and the ones from `passedAt` on as `p0`, …. */
  private from(columns: readonly NamedType[], passedAt: number, use: Use): string {
    const layers = layersOf(columns);
    const alias = (at: number): string => (at < passedAt ? `f${at}` : `p${at - passedAt}`);
    if (this.clean !== undefined && layers.length === 1 && use !== 'find') {
      const shape = columns.map(({ name, type }) => `${quote(name)}: '${held(type)}'`).join(', ');
      const taken = columns.map(({ name }, i) => `${identifier(name)} AS ${alias(i)}`);
      return `(SELECT ${[...taken, ...sound(use)].join(', ')} FROM read_json(${pathLiteral(this.clean)}, format = 'newline_delimited', columns = {${shape}}, maximum_object_size = ${objectSize()}))`;
    }
    const parsed = layers.map((layer, i) => {
      const shape = `{${layer.map(({ name, type }) => `${JSON.stringify(name)}:"${held(type)}"`).join(',')}}`;
      return `CASE WHEN ok THEN from_json(line, ${quote(shape)}) END AS r${i}`;
    });
    const taken = columns.map((column, i) => {
      const layer = layers.findIndex((each) => each.includes(column));
      return `r${layer}.${identifier(column.name)} AS ${alias(i)}`;
    });
    const numbered = `(SELECT line, ${rowNumber(use)} AS n FROM ${this.texts.table})`;
    const judged = `SELECT line, n, ${IS_OBJECT} AS ok FROM ${numbered} WHERE ${NOT_BLANK}`;
    const read = `SELECT ${[...parsed, 'ok', 'n', 'line'].join(', ')} FROM (${judged})`;
    const raw = 'CASE WHEN NOT ok THEN left(line, 100000) END AS raw';
    return `(SELECT ${[...taken, 'ok', 'n', raw].join(', ')} FROM (${read}))`;
  }
}

/** DuckDB refuses half of a pair of UTF-16, which JSON's grammar allows and no text can hold. */
const SURROGATE = 'The record holds half of a character (a lone surrogate), or is not JSON.';

/** Bytes of the largest object that DuckDB has to hold. */
function objectSize(): number {
  return limit('record-size') + 64;
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
