import type { DuckDBConnection } from '@duckdb/node-api';
import type { Lines, RejectedRecord } from './source.js';

/** Where the texts of JSON records come from: SQL of tables with the one column `line`. */
export interface Texts {
  /** The name that messages give them. */
  readonly name: string;
  /** One row a record, whatever is in it; `note` those that cannot even be read as text. */
  table(note: boolean): string;
  /** The path of a file that DuckDB's own reader of NDJSON takes, if every line of it is well formed. */
  readonly ndjson?: string;
  rejected(connection: DuckDBConnection): Promise<readonly RejectedRecord[]>;
  linesOf(rows: readonly number[], rejected: readonly number[]): Promise<Lines>;
  close(connection: DuckDBConnection): Promise<void>;
}

/** The column in which a record says its table, where it was taken out of what said so. */
export const TABLE_OF_RECORD = '$table';
