import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { didYouMean } from '../../files/nearest.js';
import { rowsOf, type Source } from '../readers/index.js';
import { fileError } from '../readers/text.js';
import { isHousekeeping, knownTables, TABLE_FIELDS } from './columns.js';

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
  if (table === undefined || path === undefined || existsSync(argument)) return inFolder(argument);
  const exact = tableOf(table);
  if (exact === undefined) {
    throw fileError(argument, `There is no table '${table}'.`, undefined, didYouMean(table, knownTables().keys()));
  }
  return [{ path, table: exact }];
}

function inFolder(path: string): TelemetryFile[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [{ path }];
  const names = readdirSync(path).filter((name) => ENDINGS.test(name) && !name.startsWith('_'));
  if (names.length > 0) return names.sort().map((name) => ({ path: join(path, name) }));
  throw fileError(path, 'The folder holds no events: no .csv, .json, .ndjson, .jsonl or .parquet file.');
}

/**
 * The table that a file holds: the one that it was said to hold, the one in its name, the one that its rows name, or
 * the only one that has all of its columns.
 *
 * @throws FileError when that is none or several, and for a file with rows of other tables
 */
export async function identify(connection: DuckDBConnection, file: TelemetryFile, source: Source): Promise<string> {
  const named = await namedByRows(connection, source);
  const table = file.table ?? namedByFile(file.path, source.fields) ?? (named.length === 1 ? named[0] : undefined);
  const others = named.filter((name) => name !== table);
  if (others.length > 0) {
    const message =
      table === undefined
        ? `The rows are of several tables: ${named.join(', ')}. Export each into a file of its own.`
        : `This is taken for ${table}, but rows name ${others.join(', ')} as their table.`;
    throw fileError(file.path, message);
  }
  return table ?? byColumns(file.path, source.fields);
}

function tableOf(name: string): string | undefined {
  const tables = knownTables();
  if (tables.has(name)) return name;
  const lower = name.toLowerCase();
  return [...tables.keys()].find((known) => known.toLowerCase() === lower);
}

/**
 * `DeviceNetworkEvents.csv`, `export-devicenetworkevents-2026-03.json`. Some tables have everyday names (`Event`,
 * `Usage`), so most columns must be the table's as well.
 */
function namedByFile(path: string, fields: readonly string[]): string | undefined {
  const name = basename(path);
  const found = [...knownTables().values()].filter((table) => {
    if (!new RegExp(`(?<![A-Za-z0-9])${table.name}(?![A-Za-z0-9])`, 'i').test(name)) return false;
    return fields.filter((field) => table.columns.has(field)).length * 2 > fields.length;
  });
  return found.length === 1 ? found[0]?.name : undefined;
}

async function namedByRows(connection: DuckDBConnection, source: Source): Promise<string[]> {
  const field = TABLE_FIELDS.find((name) => source.fields.includes(name));
  if (field === undefined) return [];
  const { from } = source.reading([{ name: field, type: 'string' }], [], 'look');
  const rows = await rowsOf(connection, `SELECT DISTINCT f0::VARCHAR FROM ${from} ORDER BY 1`);
  return rows.flatMap(([value]) => tableOf(String(value ?? '')) ?? []);
}

function byColumns(path: string, fields: readonly string[]): string {
  const told = fields.filter((field) => !isHousekeeping(field) && field !== 'Timestamp' && field !== 'TimeGenerated');
  const fitting = [...knownTables().values()].filter(({ columns }) => told.every((field) => columns.has(field)));
  const [first] = fitting;
  if (fitting.length === 1 && first !== undefined) return first.name;
  const advice = `Say which: \`--events ${first?.name ?? 'DeviceNetworkEvents'}=${path}\`, or put the table's name into that of the file.`;
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
