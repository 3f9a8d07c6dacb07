import type { DuckDBConnection } from '@duckdb/node-api';

/** DuckDB types of the working tables. */
export type ColumnType = 'BIGINT' | 'INTEGER' | 'VARCHAR' | 'BOOLEAN';
export type Cell = string | number | bigint | boolean | null;

/** A working table of the generator: created, filled and dropped with the play. */
export interface WorkTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
}

/** Prefix of all working tables; a query under test never sees one, for they are dropped when the play ends. */
export const PREFIX = '_world_';

/** Creates a table and fills it with rows, each with a value for every column in their order. */
export async function fillTable(
  connection: DuckDBConnection,
  table: WorkTable,
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const entries = Object.entries(table.columns);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${table.name} (${entries.map(([name, type]) => `${name} ${type}`).join(', ')})`,
  );
  const appender = await connection.createAppender(table.name, 'main', 'temp');
  const types = entries.map(([, type]) => type);
  for (const row of rows) {
    for (let index = 0; index < types.length; index += 1) {
      const cell = row[index];
      if (cell === null || cell === undefined) appender.appendNull();
      else if (typeof cell === 'string') appender.appendVarchar(cell);
      else if (typeof cell === 'boolean') appender.appendBoolean(cell);
      else if (types[index] === 'BIGINT') appender.appendBigInt(BigInt(cell));
      else appender.appendInteger(Number(cell));
    }
    appender.endRow();
  }
  appender.closeSync();
}
