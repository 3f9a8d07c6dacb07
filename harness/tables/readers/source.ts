import type { DuckDBConnection } from '@duckdb/node-api';
import type { KqlType, NamedType } from '../../kql/types.js';
import type { DateOrder } from './local-times.js';

/** A record of a text file that DuckDB could not take apart. */
export interface RejectedRecord {
  /** 1-based, the header and empty lines counted. */
  readonly record: number;
  readonly reason: string;
}

/** A row that was read and cannot be used. */
export interface BadRow {
  /** 1-based number of the row among those that were read. */
  readonly row: number;
  readonly column?: string;
  readonly reason: string;
}

/** How a wanted column is taken from what is read. */
export interface Conversion {
  /** SQL of the value in the KQL type's representation; NULL for what is not of the type. */
  readonly sql: string;
  /** SQL of whether there is no value. */
  readonly missing: string;
}

/** What a reading is for: to load the table and note what cannot be taken apart, to find rows again, or to look. */
export type Use = 'load' | 'find' | 'look';

/**
 * SQL that reads a file. Its rows have the wanted columns as `f0`, `f1`, …, the passed-through ones as `p0`, …, whether
 * the record is well formed as `ok`, its text where that helps to say why it is not as `raw`, and its number as `n`.
 */
export interface Reading {
  readonly from: string;
  readonly conversions: readonly Conversion[];
}

/** A file, or rows given in the program, that can be read as a table. */
export interface Source {
  /** The name that messages give it. */
  readonly name: string;
  /** Names of its columns, in their order. */
  readonly fields: readonly string[];
  /**
   * Looks at the values of the wanted columns where their conversion depends on what all of them are.
   * @param dates the order of day and month in dates of digits; as the values show it when absent
   * @throws FileError when the values can be read in two ways
   */
  prepare?(connection: DuckDBConnection, columns: readonly NamedType[], dates: DateOrder | undefined): Promise<void>;
  /** @throws FileError when no value of a column can be one of the wanted type */
  reading(columns: readonly NamedType[], passThrough: readonly string[], use: Use): Reading;
  /** The KQL type of each of the fields, as their values suggest. */
  infer(connection: DuckDBConnection, fields: readonly string[]): Promise<readonly KqlType[]>;
  /** Why a record that is not `ok` is not. */
  explain(raw: string): string;
  /** Where in the source a field stands. */
  placeOf(connection: DuckDBConnection, field: string): Promise<{ line: number; column: number }>;
  /** The records that could not be taken apart when the table was loaded, in order. */
  rejected(connection: DuckDBConnection): Promise<readonly RejectedRecord[]>;
  /** The line of each of some rows and records. */
  linesOf(rows: readonly number[], rejected: readonly number[]): Promise<Lines>;
  close(connection: DuckDBConnection): Promise<void>;
}

export interface Lines {
  row(row: number): number;
  record(record: number): number;
}

/** Lines of a source whose rows and records are its lines. */
export const EACH_A_LINE: Lines = { row: (row) => row, record: (record) => record };

/** All rows of a query, as JavaScript values. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

/** SQL of a row's number, where it is needed: numbering keeps DuckDB to one thread. */
export function rowNumber(use: Use): string {
  return use === 'find' ? 'row_number() OVER ()' : 'NULL::BIGINT';
}

/** The columns of a reading whose records are all well formed. */
export function sound(use: Use): string[] {
  return ['true AS ok', 'NULL AS raw', `${rowNumber(use)} AS n`];
}
