import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../kql/sql/literal.js';
import type { NamedType } from '../../kql/types.js';
import { NONE_BROKEN } from '../readers/records.js';
import { NAMED_REJECTS, type RejectedRow } from '../readers/report.js';
import { type Reading, rowsOf, type Source, type Use } from '../readers/source.js';

/** The rows of a file that name one of some values as their table. */
export class PartSource implements Source {
  readonly name: string;
  readonly infer: Source['infer'];
  readonly explain: Source['explain'];
  readonly placeOf: Source['placeOf'];
  readonly linesOf: Source['linesOf'];
  readonly broken: Source['broken'];

  /**
   * @param field the column that names the table
   * @param fields the columns that are of use to the part
   * @param first whether the records that could not be taken apart are told of with this part
   */
  constructor(
    private readonly whole: Source,
    private readonly field: string,
    private readonly values: readonly string[],
    readonly fields: readonly string[],
    private readonly first: boolean,
  ) {
    this.name = whole.name;
    this.infer = whole.infer.bind(whole);
    this.explain = whole.explain.bind(whole);
    this.placeOf = whole.placeOf.bind(whole);
    this.linesOf = whole.linesOf.bind(whole);
    this.broken = first ? whole.broken : NONE_BROKEN;
  }

  async prepare(...[connection, columns, dates]: Parameters<NonNullable<Source['prepare']>>): Promise<void> {
    await this.whole.prepare?.(connection, columns, dates);
  }

  reading(columns: readonly NamedType[], passThrough: readonly string[], use: Use): Reading {
    const { from, conversions } = this.whole.reading(columns, [...passThrough, this.field], use);
    const own = `p${passThrough.length} IN (${this.values.map(quote).join(', ')})`;
    const mine = this.first ? `(NOT ok OR ${own})` : `ok AND ${own}`;
    return { from: `(SELECT * FROM ${from} WHERE ${mine})`, conversions };
  }

  /** The file is closed when all of its parts are loaded. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The first of the rows that name none of some values as their table, by line. */
export async function straysOf(
  connection: DuckDBConnection,
  source: Source,
  field: string,
  values: readonly string[],
): Promise<RejectedRow[]> {
  const { from } = source.reading([{ name: field, type: 'string' }], [], 'find');
  const known = values.map(quote).join(', ');
  const found = await rowsOf(
    connection,
    `SELECT n, coalesce(f0::VARCHAR, '') FROM ${from} WHERE ok AND coalesce(f0::VARCHAR, '') NOT IN (${known}) ORDER BY n LIMIT ${NAMED_REJECTS}`,
  );
  const rows = found.map(([n]) => Number(n));
  const lineOf = await source.linesOf(connection, rows);
  return found.map(([n, value]) => ({
    file: source.name,
    line: lineOf(Number(n)),
    column: field,
    reason: value === '' ? 'The row names no table.' : `There is no table '${String(value)}'.`,
  }));
}
