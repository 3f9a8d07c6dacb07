import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { makeFolder, sizeOf, writeWholeBy } from '../harness/files/output.js';
import { quote } from '../harness/kql/sql/literal.js';
import type { NamedType, TableSchema } from '../harness/kql/types.js';
import type { Prepared } from './play.js';
import { ACTIVITIES_SQL, sortsRows, TELEMETRY_TABLES, tableSql } from './world/spell.js';

/** Formats that events are written in. */
export const FORMATS = ['ndjson', 'csv', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

/** A file that was written. */
export interface WrittenFile {
  readonly table: string;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

const COPY_OPTIONS: Readonly<Record<Format, string>> = {
  ndjson: 'FORMAT json',
  csv: 'FORMAT csv, HEADER true',
  parquet: 'FORMAT parquet',
};

/**
 * Writes the events of a generated world, one file a table, and the activities that carry the truth. Labels are in
 * `_activity`, `_scenario`, `_label` and `_role`. Datetimes are ISO text with seven digits, in Parquet timestamps of
 * nanoseconds. Of two columns whose names differ in case alone the first is written.
 */
export async function writeFiles(
  connection: DuckDBConnection,
  prepared: Prepared,
  format: Format,
  folder: string,
  wrote: (table: string) => void = () => undefined,
): Promise<WrittenFile[]> {
  makeFolder(folder);
  const files: WrittenFile[] = [];
  const { environment } = prepared;
  const sorted = await sortsRows(connection);
  for (const name of TELEMETRY_TABLES) {
    const schema = distinctNames(prepared.schemas.get(name) ?? []);
    const events = tableSql(name, { environment, schemas: new Map([[name, schema]]), label: true, sorted });
    const labels = ['_activity', '_scenario', '_label', '_role'].map((label) => `"${label}"`);
    const columns = [...schema.map((column) => written(column, format)), ...labels];
    const sql = `SELECT ${columns.join(', ')} FROM (${events})`;
    const ordered = sorted || name !== 'DeviceNetworkEvents';
    // Unless they are sorted, several threads write the rows of a join as they come: the same rows, but other bytes each
    // time. To sort, one thread takes more memory than several.
    if (!ordered) await connection.run('SET threads = 1');
    files.push(await copy(connection, name, sql, format, folder));
    if (!ordered) await connection.run('RESET threads');
    wrote(name);
  }
  const start = written({ name: 'start', type: 'datetime' }, format);
  const activities = `SELECT activity, scenario, label, host, ${start}, procedure, technique FROM (${ACTIVITIES_SQL})`;
  files.push(await copy(connection, '_activities', activities, format, folder));
  return files;
}

async function copy(
  connection: DuckDBConnection,
  table: string,
  sql: string,
  format: Format,
  folder: string,
): Promise<WrittenFile> {
  const path = join(folder, `${table}.${format}`);
  const result = await writeWholeBy(path, (draft) =>
    connection.run(`COPY (${sql}) TO ${quote(draft.path)} (${COPY_OPTIONS[format]}, USE_TMP_FILE false)`),
  );
  return { table, path, rows: Number(result.rowsChanged), bytes: sizeOf(path) };
}

/** Ticks at 1970-01-01T00:00:00Z. */
const EPOCH = '621355968000000000';

function written({ name, type }: NamedType, format: Format): string {
  if (type !== 'datetime') return `"${name}"`;
  if (format === 'parquet') return `make_timestamp_ns(("${name}" - ${EPOCH}) * 100) AS "${name}"`;
  const micros = `make_timestamp(("${name}" - ${EPOCH}) // 10)`;
  return `strftime(${micros}, '%Y-%m-%dT%H:%M:%S.%f') || ("${name}" % 10) || 'Z' AS "${name}"`;
}

function distinctNames(schema: TableSchema): TableSchema {
  const names = new Set<string>();
  return schema.filter(({ name }) => {
    const seen = names.has(name.toLowerCase());
    names.add(name.toLowerCase());
    return !seen;
  });
}
