import type { DuckDBConnection } from '@duckdb/node-api';
import { didYouMean } from '../../files/nearest.js';
import { FileError } from '../../files/yaml.js';
import { EVENT_ID, identifier, physicalNames } from '../../kql/sql/literal.js';
import { DUCKDB_TYPE, type NamedType, type TableSchema } from '../../kql/types.js';
import { openCsv } from './csv.js';
import { afterFailure, faultText } from './faults.js';
import { openJson } from './json.js';
import { jsonText } from './json-text.js';
import { givenTexts, jsonTexts, ndjsonTexts } from './json-texts.js';
import type { DateOrder } from './local-times.js';
import { openParquet } from './parquet.js';
import { type LoadReport, NAMED_REJECTS, type RejectedRow } from './report.js';
import { type BadRow, type Reading, rowsOf, type Source, type Use } from './source.js';
import { fileError, requireFile } from './text.js';
import { openWrapped } from './wrapped.js';

export type FileFormat = 'ndjson' | 'json' | 'csv' | 'parquet';

export interface LoadOptions {
  /** The table's columns. Without them the file's columns make the table, with the types that their values suggest. */
  readonly schema?: TableSchema;
  /** By default what the ending of the file's name says; `.gz` after it unpacks. */
  readonly format?: FileFormat;
  /** The first `_id` to give; 0 by default. A connection's tables share no ids: go on with the `nextId` of the last. */
  readonly firstId?: bigint;
  /** Columns besides the table's own (`_activity`, `_label`, …) that are kept, as text, when the file has them. */
  readonly passThrough?: readonly string[];
  /** What a file calls a column: the first of the names that it has fills it. By default the column's own name. */
  readonly namesOf?: (column: string) => readonly string[];
  /** Columns of the file that fill none and are no mistake. */
  readonly leaveOut?: readonly string[];
  /** Columns without a value in which a row is not usable. */
  readonly required?: readonly string[];
  /** Which comes first where a CSV file writes dates in digits; by default what its values show. */
  readonly dates?: DateOrder | undefined;
}

/**
 * Loads a file of events into a new table of a DuckDB connection, in the representation of `harness/kql/types.ts`, with
 * the hidden column `_id`. Columns that the file lacks are null (`''` for strings). A row with a value that is none of
 * its column's type, or that cannot be read, is left out and named in the report; the others are kept.
 *
 * - NDJSON, JSON (an array, or objects one after the other), CSV with a header, Parquet.
 * - Times are ISO 8601, UTC where they name no offset; a dynamic column may hold JSON or the text of it.
 *
 * @throws FileError for a file that cannot be read, and for a column that the table does not have or of another type
 */
export async function loadFile(
  connection: DuckDBConnection,
  table: string,
  path: string,
  options: LoadOptions = {},
): Promise<LoadReport> {
  requireFile(path);
  const source = await openAs(connection, path, options.format ?? formatOf(path));
  return loadSource(connection, table, source, options);
}

/**
 * Opens a file that may hold events of several tables, and records within others as services send them. Whoever does
 * not load it closes it.
 *
 * @param isTable whether a name is that of a table
 * @throws FileError for a file that cannot be read
 */
export async function openExport(
  connection: DuckDBConnection,
  path: string,
  isTable: (name: string) => boolean,
): Promise<Source> {
  requireFile(path);
  const format = formatOf(path);
  if (format === 'ndjson') return openWrapped(connection, await ndjsonTexts(path), isTable);
  if (format === 'json') return openWrapped(connection, await jsonTexts(connection, path, true), isTable);
  return await openAs(connection, path, format);
}

/** Loads an open file as `loadFile` does, and closes it. */
export function loadSource(
  connection: DuckDBConnection,
  table: string,
  source: Source,
  options: LoadOptions,
): Promise<LoadReport> {
  return load(connection, table, source, options);
}

/**
 * Loads rows given in the program, say by a test in YAML, as `loadFile` loads NDJSON. A `bigint` is a whole number of
 * any size, a `Date` an instant; `undefined` is no value.
 *
 * @param schema the table's columns; `undefined` to infer them
 * @param options `name` is what messages call the rows; the table's name by default
 * @throws FileError for a column that the table does not have
 */
export async function loadRows(
  connection: DuckDBConnection,
  table: string,
  schema: TableSchema | undefined,
  rows: readonly (Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>)[],
  options: Omit<LoadOptions, 'schema' | 'format'> & { readonly name?: string } = {},
): Promise<LoadReport> {
  const { name = table, ...rest } = options;
  const source = await openJson(connection, await givenTexts(connection, name, rows.map(jsonText)));
  return load(connection, table, source, { ...rest, ...(schema === undefined ? {} : { schema }) });
}

/** @throws FileError when the ending says nothing */
function formatOf(path: string): FileFormat {
  const ending = /\.([^.]+?)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  switch (ending) {
    case 'ndjson':
    case 'jsonl':
      return 'ndjson';
    case 'json':
    case 'csv':
    case 'parquet':
      return ending;
    default:
      throw fileError(path, 'The name says no format; expected .ndjson, .jsonl, .json, .csv or .parquet.');
  }
}

async function openAs(connection: DuckDBConnection, path: string, format: FileFormat): Promise<Source> {
  switch (format) {
    case 'csv':
      return openCsv(path);
    case 'parquet':
      return openParquet(connection, path);
    case 'ndjson':
      return openJson(connection, await ndjsonTexts(path));
    case 'json':
      return openJson(connection, await jsonTexts(connection, path));
  }
}

/** A column of the table, and the one of the source that fills it. */
interface Target {
  readonly column: NamedType;
  readonly physical: string;
  readonly field: string | undefined;
}

async function load(
  connection: DuckDBConnection,
  table: string,
  source: Source,
  options: LoadOptions,
): Promise<LoadReport> {
  const passThrough = options.passThrough ?? [];
  try {
    const schema = options.schema ?? (await inferred(connection, source, passThrough));
    const targets = targetsOf(schema, source, options.namesOf);
    await refuseUnknown(connection, table, source, targets, [...passThrough, ...(options.leaveOut ?? [])]);
    await create(connection, table, targets, passThrough);
    try {
      return await fill(connection, table, schema, source, targets, options);
    } catch (error) {
      await afterFailure(() => connection.run(`DROP TABLE ${identifier(table)}`));
      throw error;
    }
  } catch (error) {
    if (error instanceof FileError || !(error instanceof Error)) throw error;
    throw fileError(source.name, faultText(source.damage ?? 'The file cannot be read', error));
  } finally {
    await afterFailure(() => source.close(connection));
  }
}

async function inferred(
  connection: DuckDBConnection,
  source: Source,
  passThrough: readonly string[],
): Promise<TableSchema> {
  const names = source.fields.filter((name) => !passThrough.includes(name));
  const unusable = names.find((name) => name === '' || name.includes('\0'));
  if (unusable !== undefined) {
    throw fileError(source.name, `A column is named ${JSON.stringify(unusable)}, which no column can be.`);
  }
  const types = await source.infer(connection, names);
  return names.map((name, i) => ({ name, type: types[i] ?? 'string' }));
}

function targetsOf(schema: TableSchema, source: Source, namesOf: LoadOptions['namesOf']): Target[] {
  const fields = new Set(source.fields);
  const physicals = physicalNames(schema.map(({ name }) => name));
  return schema.map((column, i) => {
    const physical = physicals[i] ?? column.name;
    const names = namesOf === undefined ? [column.name, physical] : namesOf(column.name);
    const field = names.find((name) => fields.has(name));
    return { column, physical, field };
  });
}

async function refuseUnknown(
  connection: DuckDBConnection,
  table: string,
  source: Source,
  targets: readonly Target[],
  allowed: readonly string[],
): Promise<void> {
  const known = new Set([...targets.map(({ field }) => field), ...allowed]);
  for (const field of source.fields) {
    if (known.has(field)) continue;
    const message = `The table ${table} has no column '${field}'.`;
    const place = await source.placeOf(connection, field);
    throw fileError(
      source.name,
      message,
      place,
      didYouMean(
        field,
        targets.map(({ column }) => column.name),
      ),
    );
  }
}

async function create(
  connection: DuckDBConnection,
  table: string,
  targets: readonly Target[],
  passThrough: readonly string[],
): Promise<void> {
  const columns = [
    ...targets.map(({ column, physical }) => `${identifier(physical)} ${DUCKDB_TYPE[column.type]}`),
    `${EVENT_ID} BIGINT`,
    ...passThrough.map((name) => `${identifier(name)} VARCHAR`),
  ];
  await connection.run(`CREATE TABLE ${identifier(table)} (${columns.join(', ')})`);
}

/** The mark of a row that is to be left out, in place of its id. */
const BAD = -1;

async function fill(
  connection: DuckDBConnection,
  table: string,
  schema: TableSchema,
  source: Source,
  targets: readonly Target[],
  options: LoadOptions,
): Promise<LoadReport> {
  const passThrough = options.passThrough ?? [];
  const present = targets.flatMap(({ column, field }) =>
    field === undefined
      ? []
      : [{ name: field, type: column.type, required: options.required?.includes(column.name) === true }],
  );
  await source.prepare?.(connection, present, options.dates);
  const reading = readingOf(source, present, passThrough, 'take');
  await connection.run(`INSERT INTO ${identifier(table)} ${insertion(reading, targets, passThrough)}`);

  const counted = `SELECT count(*) FILTER (${EVENT_ID} IS NULL), count(*) FILTER (${EVENT_ID} = ${BAD}) FROM ${identifier(table)}`;
  const [rows = 0, bad = 0] = ((await rowsOf(connection, counted))[0] ?? []).map(Number);
  refuseLost(source, rows + bad);
  const badRows = bad === 0 ? [] : await findBad(connection, source, present, passThrough);
  if (bad > 0) await connection.run(`DELETE FROM ${identifier(table)} WHERE ${EVENT_ID} = ${BAD}`);

  const first = options.firstId ?? 0n;
  await connection.run(`UPDATE ${identifier(table)} SET ${EVENT_ID} = rowid + ${first}`);
  return {
    table,
    schema,
    rows,
    rejected: await named(connection, source, badRows),
    rejectedCount: bad + source.broken.count,
    nextId: first + BigInt(rows + bad),
  };
}

interface Present extends NamedType {
  readonly required: boolean;
}

/** A reading in which a required value is never missing. */
function readingOf(source: Source, present: readonly Present[], passThrough: readonly string[], use: Use): Reading {
  const { from, conversions } = source.reading(present, passThrough, use);
  const strict = conversions.map((each, i) =>
    present[i]?.required === true
      ? { sql: `nullif(${each.sql}, ${nothing(present[i].type)})`, missing: 'false' }
      : each,
  );
  return { from, conversions: strict };
}

function nothing(type: NamedType['type']): string {
  return type === 'string' ? "''" : 'NULL';
}

/** SQL of the table's rows: converted, and marked where a value is none of its column's type. */
function insertion(reading: Reading, targets: readonly Target[], passThrough: readonly string[]): string {
  let at = 0;
  const columns = targets.map(({ column, field }) =>
    field === undefined ? (column.type === 'string' ? "''" : 'NULL') : `c${at++}`,
  );
  const converted = reading.conversions.map(({ sql }, i) => `${sql} AS c${i}`);
  const mark = `CASE WHEN ${['ok', ...goodness(reading)].join(' AND ')} THEN NULL ELSE ${BAD} END`;
  const passed = passThrough.map((_, i) => `p${i}`);
  return `SELECT ${[...columns, mark, ...passed].join(', ')} FROM (SELECT ${['*', ...converted].join(', ')} FROM ${reading.from})`;
}

/** Of each column whether its value is one of the type, or there is none. */
function goodness(reading: Reading): string[] {
  return reading.conversions.map(({ missing }, i) => `(c${i} IS NOT NULL OR ${missing})`);
}

async function findBad(
  connection: DuckDBConnection,
  source: Source,
  present: readonly Present[],
  passThrough: readonly string[],
): Promise<BadRow[]> {
  const reading = readingOf(source, present, passThrough, 'find');
  const good = goodness(reading);
  const converted = reading.conversions.map(({ sql }, i) => `${sql} AS c${i}`);
  const which = ['CASE WHEN NOT ok THEN -1', ...good.map((test, i) => `WHEN NOT ${test} THEN ${i}`), 'END'].join(' ');
  const shown = ['CASE WHEN NOT ok THEN raw', ...good.map((test, i) => `WHEN NOT ${test} THEN f${i}::VARCHAR`), 'END'];
  const sql = `SELECT n, ${which}, ${shown.join(' ')} FROM (SELECT ${['*', ...converted].join(', ')} FROM ${reading.from}) WHERE NOT (${['ok', ...good].join(' AND ')}) ORDER BY n LIMIT ${NAMED_REJECTS}`;
  return (await rowsOf(connection, sql)).map(([n, at, text]) => {
    const column = present[Number(at)];
    const value = String(text ?? '');
    if (column === undefined) return { row: Number(n), reason: source.explain(value) };
    if (value === '')
      return { row: Number(n), column: column.name, reason: 'There is no value, and there must be one.' };
    const excerpt = value.length > 80 ? `${value.slice(0, 80)}…` : value;
    return { row: Number(n), column: column.name, reason: `'${excerpt}' is not of type ${column.type}.` };
  });
}

/** Makes sure that what was read is what the file holds: rows that a reader passes over would be lost without a word. */
function refuseLost({ name, records }: Source, read: number): void {
  if (records === undefined || records === read) return;
  throw fileError(name, `The file holds ${records} records, but ${read} were read. It cannot be taken apart reliably.`);
}

/** The first of both kinds of rejects, by line. */
async function named(connection: DuckDBConnection, source: Source, bad: readonly BadRow[]): Promise<RejectedRow[]> {
  const lineOf =
    bad.length === 0
      ? () => 0
      : await source.linesOf(
          connection,
          bad.map(({ row }) => row),
        );
  const rejected: RejectedRow[] = [
    ...source.broken.named,
    ...bad.map(({ row, ...rest }) => ({ file: source.name, line: lineOf(row), ...rest })),
  ];
  return rejected.sort((a, b) => a.line - b.line).slice(0, NAMED_REJECTS);
}
