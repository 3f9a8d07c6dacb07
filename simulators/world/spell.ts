import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableSchema } from '../../harness/kql/types.js';
import type { Environment } from '../../harness/tables/schema.js';
import { NOBODY, SCENARIOS, WHO } from './compile.js';
import { DESTINATIONS } from './destinations.js';
import { LEFT_BEHIND_TABLES, leftBehindEvents, processEvents } from './device-events.js';
import { ACTIVITIES, BIRTHS, ROWS } from './generate.js';
import { LIVES_TABLE } from './lives.js';
import { networkEvents } from './network.js';

/** The telemetry tables that a workload fills, in the order in which their rows are numbered. */
export const TELEMETRY_TABLES: readonly string[] = [
  'DeviceNetworkEvents',
  'DeviceProcessEvents',
  ...LEFT_BEHIND_TABLES,
];

/** How telemetry tables are spelt out. */
export interface Spelling {
  readonly environment: Environment;
  readonly schemas: ReadonlyMap<string, TableSchema>;
  /** The `_id` of the first row; without it rows have none. */
  readonly firstId?: number;
  /** Whether rows carry `_label`. */
  readonly label: boolean;
  /** As `sortsRows` says. */
  readonly sorted: boolean;
}

/** SQL that spells out a telemetry table from the tables of `generate`. */
export function tableSql(name: string, spelling: Spelling): string {
  const { environment, schemas, firstId, label, sorted } = spelling;
  const schema = schemas.get(name);
  if (schema === undefined) throw new Error(`There is no schema for '${name}'.`);
  const hidden = { label, ...(firstId !== undefined && { id: `${firstId} + place` }) };
  if (name === 'DeviceNetworkEvents') return networkEvents(ROWS, schema, environment, hidden, sorted);
  if (name === 'DeviceProcessEvents') return processEvents(BIRTHS, schema, environment, hidden);
  return leftBehindEvents(name, BIRTHS, schema, environment, hidden);
}

/** SQL of the table `_activities`. */
export const ACTIVITIES_SQL = `
  SELECT act AS activity, n_id AS scenario, n_label AS label, w_device AS host, begun AS start,
    n_procedure AS procedure, n_technique AS technique
  FROM ${ACTIVITIES} JOIN ${SCENARIOS.name} ON n_scen = scen JOIN ${WHO.name} ON who = h * 8 + ${NOBODY}
  ORDER BY begun, act`;

/**
 * Whether rows have to be sorted when they are spelt out. DuckDB keeps the order of a join's larger side, and that is
 * the rows unless they are few; sorting as many as there are then costs next to nothing.
 */
export async function sortsRows(connection: DuckDBConnection): Promise<boolean> {
  const sizes = [ROWS, LIVES_TABLE, WHO.name, DESTINATIONS.name].map((table) => `(SELECT count(*) FROM ${table})`);
  const [rows, ...joined] = sizes;
  return (await numberOf(connection, `SELECT CAST(${rows} < 16 * greatest(${joined.join(', ')}) AS INTEGER)`)) === 1;
}

/** The number that a query gives. */
export async function numberOf(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
}
