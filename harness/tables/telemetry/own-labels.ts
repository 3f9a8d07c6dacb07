import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { sha256OfFile } from '../../files/digest.js';
import { insidePath, isThere } from '../../files/inside.js';
import { loadFile, rowsOf } from '../readers/index.js';
import { fileError } from '../readers/text.js';
import { columnsOf } from '../schema.js';
import { STAGE, TRUTH } from './stage.js';

/** Columns in which simulated events say what they are. */
export const OWN_LABELS: readonly string[] = ['_activity', '_scenario', '_label', '_role'];

/** Whether the events of a file with these columns say themselves what they are. */
export function hasOwnLabels(fields: readonly string[]): boolean {
  return fields.includes('_scenario') && fields.includes('_label');
}

/** @throws FileError for events whose `_label` or `_role` is none that there is */
export async function refuseOtherLabels(connection: DuckDBConnection, file: string, table: string): Promise<void> {
  for (const [column, values] of Object.entries(VALUES)) {
    const known = ['', ...values].map((value) => `'${value}'`).join(', ');
    const [bad] = await rowsOf(
      connection,
      `SELECT ${column} FROM "${table}" WHERE coalesce(${column}, '') NOT IN (${known}) LIMIT 1`,
    );
    if (bad === undefined) continue;
    const message = `The column '${column}' holds '${String(bad[0])}'; expected ${values.join(', ')}, or nothing.`;
    throw fileError(file, message);
  }
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  _label: ['malicious', 'benign'],
  _role: ['lookup', 'callback', 'setup', 'background'],
};

/** What the activities of a file's events are told apart from those of others by: they were made together. */
export function originOf(file: string): string {
  return dirname(file);
}

/** A file of activities that lies beside events. */
export interface Truth {
  readonly file: string;
  readonly sha256: string;
  readonly entries: number;
}

/**
 * Reads what `assay simulate` writes beside events: of each activity the host, the procedure and the technique, and of
 * those that no event tells of that they happened.
 *
 * @throws FileError for a file that is none of it
 */
export async function readTruth(connection: DuckDBConnection, files: readonly string[]): Promise<Truth[]> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${TRUTH} (origin VARCHAR, activity VARCHAR, scenario VARCHAR, label VARCHAR, host VARCHAR, start BIGINT, procedure VARCHAR, technique VARCHAR)`,
  );
  const read: Truth[] = [];
  for (const origin of new Set(files.map(originOf))) {
    const file = ['ndjson', 'csv', 'parquet']
      .map((ending) => join(origin, `_activities.${ending}`))
      .find((path) => isThere(path));
    if (file === undefined) continue;
    insidePath(file);
    const table = `${STAGE}_truth`;
    const { rows, rejected } = await loadFile(connection, table, file, {
      schema: columnsOf('activity scenario label host start:datetime procedure technique'),
      required: ['activity', 'scenario', 'label', 'start'],
    });
    const [bad] = rejected;
    if (bad !== undefined) throw fileError(file, bad.reason, { line: bad.line, column: 1 });
    await connection.run(
      `INSERT INTO ${TRUTH} SELECT $1, activity, scenario, label, host, start, nullif(procedure, ''), nullif(technique, '') FROM ${table}`,
      [origin],
    );
    await connection.run(`DROP TABLE ${table}`);
    read.push({ file, sha256: await sha256OfFile(file), entries: rows });
  }
  return read;
}
