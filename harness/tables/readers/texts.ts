import type { DuckDBConnection } from '@duckdb/node-api';
import type { Broken } from './records.js';
import type { LinesOf } from './source.js';

/** Where the texts of JSON records come from: SQL of a table with the one column `line`. */
export interface Texts {
  /** The name that messages give them. */
  readonly name: string;
  /** SQL of one row a record, whatever is in it. */
  readonly table: string;
  /** How many records there are, where that is known before they are read. */
  readonly records?: number;
  /** What could not be taken apart to records. */
  readonly broken: Broken;
  /** The path of a file that DuckDB's own reader of NDJSON takes, if every line of it is well formed. */
  readonly ndjson?: string;
  /** All are in one JSON value, whose places are found by counting. */
  readonly isDocument?: boolean;
  readonly linesOf: LinesOf;
  close(connection: DuckDBConnection): Promise<void>;
}

/** The column in which a record says its table, where it was taken out of what said so. */
export const TABLE_OF_RECORD = '$table';
