import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../kql/sql/literal.js';
import { rowsOf } from '../readers/index.js';

/** What the tables are called in which events of people's own wait. */
export const STAGE = '_telemetry_stage';
/** The labels of a label file, one a row. */
export const LABELS = '_telemetry_labels';
/** The activities of the events that wait. */
export const ACTIVITIES = '_telemetry_activities';
/** Activities as the file beside simulated events has them. */
export const TRUTH = '_telemetry_truth';

/** Drops all that was needed to read events. */
export async function dropAll(connection: DuckDBConnection): Promise<void> {
  const tables = await rowsOf(
    connection,
    `SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, '${STAGE}') OR table_name IN ('${LABELS}', '${ACTIVITIES}', '${TRUTH}')`,
  );
  for (const [table] of tables) await connection.run(`DROP TABLE ${identifier(String(table))}`);
}
