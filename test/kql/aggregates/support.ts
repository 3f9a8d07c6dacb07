import { DuckDBInstance } from '@duckdb/node-api';
import { registerHost } from '../../../harness/engine/host.js';
import { aggregateHosts, aggregates } from '../../../harness/kql/aggregates/index.js';
import { hosts as conversionHosts } from '../../../harness/kql/functions/conversion.js';
import type { Arg, Value } from '../../../harness/kql/functions/registry.js';
import { SqlContext } from '../../../harness/kql/sql/context.js';
import { identifier, literal } from '../../../harness/kql/sql/literal.js';
import { DUCKDB_TYPE, type KqlType } from '../../../harness/kql/types.js';

const instance = await DuckDBInstance.create(':memory:');
export const connection = await instance.connect();
for (const host of [...aggregateHosts, ...conversionHosts]) registerHost(connection, host);

/** A table of typed columns; the column `n` numbers its rows. */
export interface Input {
  readonly columns: Readonly<Record<string, KqlType>>;
  readonly rows: readonly (readonly Value[])[];
}

/** One column of values. */
export function column(type: KqlType, ...values: readonly Value[]): Input {
  return { columns: { x: type }, rows: values.map((value) => [value]) };
}

/** SQL of a table, empty ones included. */
export function source({ columns, rows }: Input): string {
  const types = Object.entries(columns);
  const filler = types.map(([, type]) => literal(null, type));
  const all = [...rows.map((row) => row.map((value, i) => literal(value, types[i]?.[1] ?? 'string'))), filler];
  const values = all.map((row, n) => `(${[...row, n < rows.length ? n : 'NULL'].join(', ')})`).join(', ');
  const names = [...types.map(([name]) => identifier(name)), 'n'].join(', ');
  const casts = types.map(([name, type]) => `${identifier(name)}::${DUCKDB_TYPE[type]} AS ${identifier(name)}`);
  return `(SELECT ${[...casts, 'n'].join(', ')} FROM (VALUES ${values}) v(${names}) WHERE n IS NOT NULL)`;
}

/** An argument: a column by name, or a constant. */
export function arg(input: Input, of: string | { readonly value: Value; readonly type: KqlType }): Arg {
  if (typeof of !== 'string') return { sql: literal(of.value, of.type), type: of.type, constant: of.value };
  const type = input.columns[of];
  if (!type) throw new Error(`no column ${of}`);
  return { sql: identifier(of), type, constant: undefined };
}

export const long = (value: number) => ({ value: BigInt(value), type: 'long' as const });
export const real = (value: number) => ({ value, type: 'real' as const });

/** The value that an aggregate gives over a whole table, as DuckDB's JSON shows it (64-bit numbers are text). */
export async function run(
  name: string,
  input: Input,
  args: readonly (string | { readonly value: Value; readonly type: KqlType })[],
  type: KqlType,
  order = '',
): Promise<unknown> {
  const aggregate = aggregates.get(name);
  if (!aggregate) throw new Error(`no aggregate ${name}`);
  const sql = aggregate.emit(
    args.map((of) => arg(input, of)),
    type,
    order,
    new SqlContext(),
  );
  return await first(`SELECT ${sql} FROM ${source(input)} t`);
}

/** The first value of the first row of a query. */
export async function first(sql: string): Promise<unknown> {
  const answer = await connection.runAndReadAll(sql);
  return answer.getRowsJson()[0]?.[0];
}
