import type { TableSchema } from '../../kql/types.js';

/** A row that was left out, and why. */
export interface RejectedRow {
  readonly file: string;
  /** 1-based line of the file; in a Parquet file and in inline data, the number of the row. */
  readonly line: number;
  /** The column whose value is at fault; missing when the row as a whole is. */
  readonly column?: string;
  readonly reason: string;
}

/** What became of a file. */
export interface LoadReport {
  readonly table: string;
  /** The table's columns: the ones given, or the ones inferred. */
  readonly schema: TableSchema;
  /** Rows that are in the table now. */
  readonly rows: number;
  /** The first rows that were left out, in the order of the file. */
  readonly rejected: readonly RejectedRow[];
  readonly rejectedCount: number;
  /** The first `_id` that the next table of the connection may use. */
  readonly nextId: bigint;
}

/** How many rejected rows a report names. */
export const NAMED_REJECTS = 20;
