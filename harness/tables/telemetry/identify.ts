import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { insidePath, kindAt } from '../../files/inside.js';
import { didYouMean } from '../../files/nearest.js';
import { entriesOf } from '../../files/walk.js';
import { rowsOf, type Source } from '../readers/index.js';
import { fileError } from '../readers/text.js';
import { isHousekeeping, knownTables, TABLE_FIELDS, tableNamed } from './columns.js';

/** A file of events, and the table that a person said it holds. */
export interface TelemetryFile {
  readonly path: string;
  readonly table?: string;
}

const ENDINGS = /\.(csv|json|jsonl|ndjson|parquet)(\.gz)?$/i;

/**
 * The files that an argument means: `FILE`, `Table=FILE`, or a folder for all files of events in it.
 *
 * @throws FileError for a table that neither environment has, and for a folder without such files
 */
export function filesOf(argument: string): TelemetryFile[] {
  const [, table, path] = /^([A-Za-z_]\w*)=(.+)$/s.exec(argument) ?? [];
  if (table === undefined || path === undefined || kindAt(argument) !== undefined) return inFolder(argument);
  const exact = tableNamed(table);
  if (exact === undefined) {
    throw fileError(argument, `There is no table '${table}'.`, undefined, didYouMean(table, knownTables().keys()));
  }
  return [{ path, table: exact }];
}

function inFolder(path: string): TelemetryFile[] {
  if (kindAt(path) !== 'folder') return [{ path }];
  const names = entriesOf(path)
    .map(({ name }) => name)
    .filter((name) => ENDINGS.test(name) && !name.startsWith('_'));
  if (names.length > 0)
    return names.map((name) => {
      const file = { path: join(path, name) };
      // Nobody named it: a link among events must not lead away from them.
      insidePath(file.path);
      return file;
    });
  throw fileError(path, 'The folder holds no events: no .csv, .json, .ndjson, .jsonl or .parquet file.');
}

/** Rows of one table in a file. */
export interface Rows {
  readonly table: string;
  /** What these rows hold in the column that names their table. */
  readonly values: readonly string[];
  readonly rows: number;
}

/** What a file holds: one table, or rows of several that a column tells apart. */
export type Content =
  | { readonly table: string }
  | {
      readonly field: string;
      readonly parts: readonly Rows[];
      /** Rows that name no table that there is. */
      readonly strays: number;
    };

/**
 * What a file holds. One table is the one that it was said to hold, the one in its name, the one that its rows name, or
 * the only one that has all of its columns.
 *
 * @throws FileError when that is none or several, and for a file with rows of other tables than it was said to hold
 */
export async function identify(connection: DuckDBConnection, file: TelemetryFile, source: Source): Promise<Content> {
  const named = await namedByRows(connection, source);
  const tables = named?.parts.map(({ table }) => table) ?? [];
  const said = file.table ?? namedByFile(file.path, source.fields);
  if (said !== undefined && tables.length > 0 && !tables.includes(said)) {
    throw fileError(file.path, `This is taken for ${said}, but rows name ${tables.join(', ')} as their table.`);
  }
  if (file.table !== undefined && tables.length > 1) {
    const others = tables.filter((table) => table !== file.table);
    const message = `This is said to hold ${file.table}, but rows name ${others.join(', ')} as their table. Name the file alone to have the rows of each table.`;
    throw fileError(file.path, message);
  }
  if (named === undefined) return { table: said ?? byColumns(file.path, source.fields) };
  const [first] = tables;
  return first !== undefined && tables.length === 1 && named.strays === 0 ? { table: first } : named;
}

/**
 * `DeviceNetworkEvents.csv`, `export-devicenetworkevents-2026-03.json`. Some tables have everyday names (`Event`,
 * `Usage`), so most columns must be the table's as well.
 */
function namedByFile(path: string, fields: readonly string[]): string | undefined {
  const name = basename(path);
  const told = fields.filter((field) => !isHousekeeping(field));
  const found = [...knownTables().values()].filter((table) => {
    if (!new RegExp(`(?<![A-Za-z0-9])${table.name}(?![A-Za-z0-9])`, 'i').test(name)) return false;
    return told.length === 0 || told.filter((field) => table.columns.has(field)).length * 2 > told.length;
  });
  return found.length === 1 ? found[0]?.name : undefined;
}

/** Rows by the table that they name, in the first column that names one; nothing where no row names any. */
async function namedByRows(
  connection: DuckDBConnection,
  source: Source,
): Promise<Exclude<Content, { readonly table: string }> | undefined> {
  for (const field of TABLE_FIELDS.filter((name) => source.fields.includes(name))) {
    const { from } = source.reading([{ name: field, type: 'string' }], [], 'take');
    const found = await rowsOf(
      connection,
      `SELECT f0::VARCHAR, count(*) FROM ${from} WHERE ok GROUP BY ALL ORDER BY 1`,
    );
    const parts = new Map<string, { table: string; values: string[]; rows: number }>();
    let strays = 0;
    for (const [value, count] of found) {
      const table = tableNamed(String(value ?? ''));
      if (table === undefined) {
        strays += Number(count);
        continue;
      }
      const part = parts.get(table) ?? { table, values: [], rows: 0 };
      part.values.push(String(value));
      part.rows += Number(count);
      parts.set(table, part);
    }
    if (parts.size > 0) return { field, parts: [...parts.values()], strays };
  }
  return undefined;
}

function byColumns(path: string, fields: readonly string[]): string {
  const told = fields.filter((field) => !isHousekeeping(field) && field !== 'Timestamp' && field !== 'TimeGenerated');
  const fitting = [...knownTables().values()].filter(({ columns }) => told.every((field) => columns.has(field)));
  const [first] = fitting;
  if (fitting.length === 1 && first !== undefined) return first.name;
  const advice = `Say which: \`--events ${first?.name ?? 'DeviceNetworkEvents'}=${path}\`, or put the table's name into that of the file.`;
  if (fields.length === 0) throw fileError(path, `The file holds no event, so its table is not known. ${advice}`);
  if (fitting.length === 0) {
    throw fileError(path, `No table has all of its columns (${shown(told)}), so its table is not known. ${advice}`);
  }
  const names = fitting.map(({ name }) => name);
  throw fileError(path, `Its columns are those of several tables: ${shown(names)}. ${advice}`);
}

function shown(names: readonly string[]): string {
  const most = 6;
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
