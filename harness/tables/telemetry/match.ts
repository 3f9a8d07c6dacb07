import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, quote } from '../../kql/sql/literal.js';
import type { NamedType } from '../../kql/types.js';
import { parseDatetime } from '../../kql/values/datetime.js';
import { fromText } from '../readers/convert.js';
import { rowsOf } from '../readers/index.js';
import { fileError } from '../readers/text.js';
import type { Label, LabelFile } from './labels.js';

/** A table of events that labels are matched with, under its physical column names. */
export interface Staged {
  readonly table: string;
  readonly file: string;
  /** The table of the environment that it becomes. */
  readonly name: string;
  /** Its columns as labels name them, those that were only passed on as text among them. */
  readonly columns: ReadonlyMap<string, NamedType>;
  readonly time: string;
  /** Whether it has the columns in which events say themselves what they are. */
  readonly labelled: boolean;
}

/** Table of the `id` of an event and the `i` of its label, for the staged events that have one. */
export function matchedIn({ table }: Staged): string {
  return `${table}_matched`;
}

const SHAPE = '_telemetry_shape';

/** Columns that say on which host something happened, the best first. */
export const HOST_COLUMNS: readonly string[] = ['DeviceName', 'DeviceId', 'Computer', 'HostName'];

/**
 * Finds the events of a table that labels mean, and of several labels of an event the first in the file. Labels of one shape, which say something of the same
 * columns, are matched in one join, so that there may be many.
 *
 * @throws FileError for a value that its column cannot hold
 */
export async function matchLabels(connection: DuckDBConnection, staged: Staged, labels: LabelFile): Promise<void> {
  const found = matchedIn(staged);
  await connection.run(`CREATE OR REPLACE TABLE ${found} (id BIGINT, i INTEGER)`);
  for (const shape of shapesOf(labels.labels, staged)) await matchShape(connection, staged, labels, shape);
  await connection.run(`CREATE OR REPLACE TABLE ${found} AS SELECT id, min(i) AS i FROM ${found} GROUP BY id`);
}

interface Shape {
  readonly columns: readonly string[];
  readonly members: { readonly index: number; readonly label: Label }[];
}

/** The labels that may mean events of a table, by the columns that they name. */
function shapesOf(labels: readonly Label[], staged: Staged): Shape[] {
  const shapes = new Map<string, Shape>();
  const hosts = HOST_COLUMNS.some((name) => staged.columns.has(name));
  for (const [index, label] of labels.entries()) {
    const columns = Object.keys(label.match ?? {}).sort();
    const elsewhere = label.table !== undefined && label.table !== staged.name;
    const otherFile = label.file !== undefined && !isFile(staged.file, label.file);
    if (elsewhere || otherFile || (label.host !== undefined && !hosts)) continue;
    if (!columns.every((column) => staged.columns.has(column))) continue;
    const key = JSON.stringify([columns, label.host !== undefined]);
    const shape = shapes.get(key) ?? { columns, members: [] };
    shape.members.push({ index, label });
    shapes.set(key, shape);
  }
  return [...shapes.values()];
}

function isFile(path: string, said: string): boolean {
  const plain = path.replaceAll('\\', '/');
  return plain === said || plain.endsWith(`/${said}`);
}

async function matchShape(
  connection: DuckDBConnection,
  staged: Staged,
  labels: LabelFile,
  { columns, members }: Shape,
): Promise<void> {
  const rows = members.flatMap(({ index, label }) =>
    combinations(columns.map((column) => valuesOf(label, column))).map((values) => rowSql(index, label, values)),
  );
  const names = ['i', 'host', 'from_', 'to_', ...columns.map((_, k) => `v${k}`)];
  const types = ['INTEGER', 'VARCHAR', 'BIGINT', 'BIGINT', ...columns.map(() => 'VARCHAR')];
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${SHAPE} (${names.map((name, k) => `${name} ${types[k]}`).join(', ')})`,
  );
  for (let at = 0; at < rows.length; at += 1000) {
    await connection.run(`INSERT INTO ${SHAPE} VALUES ${rows.slice(at, at + 1000).join(', ')}`);
  }
  const typed = columns.map((column, k) => typedValue(staged, column, k));
  await refuseOtherTypes(connection, staged, labels, columns, typed);
  const label = `(SELECT i, host, from_, to_${typed.map((sql, k) => `, ${sql} AS v${k}`).join('')} FROM ${SHAPE})`;
  const time = identifier(staged.time);
  const conditions = [
    ...columns.map((column, k) => `e.${identifier(physical(staged, column))} = l.v${k}`),
    `(l.from_ IS NULL OR e.${time} >= l.from_)`,
    `(l.to_ IS NULL OR e.${time} < l.to_)`,
  ];
  const byHost = members[0]?.label.host !== undefined;
  const from = byHost
    ? `${staged.table} AS e JOIN ${hostKeys(staged)} AS k ON k.known = ${hostOf(staged, 'e')} JOIN ${label} AS l ON l.host = k.key AND ${conditions.join(' AND ')}`
    : `${staged.table} AS e JOIN ${label} AS l ON ${conditions.join(' AND ')}`;
  await connection.run(`INSERT INTO ${matchedIn(staged)} SELECT e._id, min(l.i) FROM ${from} GROUP BY e._id`);
}

function valuesOf({ match }: Label, column: string): readonly string[] {
  const value = match?.[column];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>((made, list) => made.flatMap((each) => list.map((value) => [...each, value])), [[]]);
}

function rowSql(index: number, { host, from, to }: Label, values: readonly string[]): string {
  const instant = (text: string | undefined): string =>
    literal(text === undefined ? null : parseDatetime(text), 'datetime');
  const cells = [
    String(index),
    host === undefined ? 'NULL' : quote(host.toLowerCase()),
    instant(from),
    instant(to),
    ...values.map(quote),
  ];
  return `(${cells.join(', ')})`;
}

function physical(staged: Staged, column: string): string {
  return staged.columns.get(column)?.name ?? column;
}

function typedValue(staged: Staged, column: string, k: number): string {
  return fromText(`v${k}`, staged.columns.get(column)?.type ?? 'string');
}

async function refuseOtherTypes(
  connection: DuckDBConnection,
  staged: Staged,
  labels: LabelFile,
  columns: readonly string[],
  typed: readonly string[],
): Promise<void> {
  for (const [k, column] of columns.entries()) {
    const [bad] = await rowsOf(
      connection,
      `SELECT i, v${k} FROM ${SHAPE} WHERE ${typed[k]} IS NULL ORDER BY i LIMIT 1`,
    );
    if (bad === undefined) continue;
    const message = `'${String(bad[1])}' is not of type ${staged.columns.get(column)?.type}, which '${column}' of ${staged.name} has.`;
    throw fileError(labels.file, message, { line: labels.lineOf(Number(bad[0])), column: 1 });
  }
}

/** SQL of a host's whole identity, and every name that a person may call it by. */
function hostKeys(staged: Staged): string {
  const columns = HOST_COLUMNS.filter((name) => staged.columns.has(name)).map((name) =>
    identifier(physical(staged, name)),
  );
  const keys = columns.flatMap((column) => [`lower(${column})`, `split_part(lower(${column}), '.', 1)`]);
  return `(SELECT DISTINCT known, unnest([${keys.join(', ')}]) AS key FROM (SELECT DISTINCT ${hostOf(staged, 'h')} AS known, ${columns.join(', ')} FROM ${staged.table} AS h))`;
}

function hostOf(staged: Staged, alias: string): string {
  const columns = HOST_COLUMNS.filter((name) => staged.columns.has(name));
  return `concat_ws(chr(1), ${columns.map((name) => `${alias}.${identifier(physical(staged, name))}`).join(', ')})`;
}
