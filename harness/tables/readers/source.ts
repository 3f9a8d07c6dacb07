import type { DuckDBConnection } from '@duckdb/node-api';
import type { KqlType, NamedType } from '../../kql/types.js';
import type { DateOrder } from './local-times.js';
import type { Broken } from './records.js';

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

/** What a reading is for: to take the rows, or to find some again. */
export type Use = 'take' | 'find';

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
  /** How many rows a reading gives, where that is known before: any other number is a fault, and not silence. */
  readonly records?: number | undefined;
  /** What is wrong with it where it cannot be read to its end, as the beginning of a sentence. */
  readonly damage?: string;
  /** What could not be taken apart to records. */
  readonly broken: Broken;
  readonly linesOf: LinesOf;
  close(connection: DuckDBConnection): Promise<void>;
}

/** Finds the line of each of some rows, whose numbers are 1-based; 0 for any other row. */
export type LinesOf = (connection: DuckDBConnection, rows: readonly number[]) => Promise<(row: number) => number>;

/** Lines of a source whose rows are its lines. */
export const EACH_A_LINE: LinesOf = () => Promise.resolve((row) => row);

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
