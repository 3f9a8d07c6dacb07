/** One value, or one row, out of the group. */
import type { AggregateFunction, Arg } from '../functions/registry.js';
import { DUCKDB_TYPE, type KqlType } from '../types.js';
import { argument, type Call, conditional, plain, sqlAggregate } from './parts.js';

/** The aggregates whose SQL is a struct when they give more than one column; read with `pickedField`. */
export const PICKS: ReadonlySet<string> = new Set(['arg_max', 'argmax', 'arg_min', 'argmin', 'take_any', 'any']);

/**
 * SQL of a struct that holds the row with the greatest (or smallest) `by`: field 0 is `by`, the next ones are
 * `columns`. All fields come from the same row. Null is not chosen unless there is nothing else, NaN is always chosen,
 * and of equal rows the first is taken.
 */
export function pickBy(kind: 'max' | 'min', by: Arg, columns: readonly Arg[], order: string): string {
  const row = struct([by, ...columns]);
  const key =
    kind === 'min' && by.type === 'real'
      ? `CASE WHEN isnan(${by.sql}) THEN '-Infinity'::DOUBLE ELSE ${by.sql} END`
      : by.sql;
  const chosen = sqlAggregate(`arg_${kind}`, `${row}, ${key}`, [], order);
  return `coalesce(${chosen}, ${sqlAggregate('first', row, [], order)})`;
}

/** SQL of a struct that holds one row of the group: field n is column n, all from the same row, the first. */
export function pickAny(columns: readonly Arg[], order: string): string {
  return sqlAggregate('first', struct(columns), [], order);
}

/** SQL of a field of a struct of `pickBy` or `pickAny`, of which `pick` is the SQL (best a column that holds it). */
export function pickedField(pick: string, index: number, type: KqlType): string {
  const field = `struct_extract(${pick}, 'c${index}')`;
  return type === 'string' ? `coalesce(${field}, '')` : field;
}

function struct(columns: readonly Arg[]): string {
  return `struct_pack(${columns.map((column, i) => `c${i} := ${column.sql}`).join(', ')})`;
}

/** Null (for strings: the empty one) where the group has no value. NaN is both the greatest and the smallest number. */
function extreme(kind: 'max' | 'min') {
  return ({ args, where, type }: Call): string => {
    const arg = argument(args, 0, kind);
    const found = sqlAggregate(kind, arg.sql, where);
    if (type === 'string') return `coalesce(${found}, '')`;
    if (type !== 'real' || kind === 'max') return found;
    return `CASE WHEN ${sqlAggregate('bool_or', `isnan(${arg.sql})`, where)} THEN 'NaN'::DOUBLE ELSE ${found} END`;
  };
}

/** A single value is preferably not null and not empty; several are of one row, whatever it holds. */
function any({ args, where, type, order }: Call): string {
  if (args.length > 1) return pickAny(args, order);
  const { sql } = argument(args, 0, 'take_any');
  if (type === 'string') return `coalesce(${sqlAggregate('any_value', `nullif(${sql}, '')`, where, order)}, '')`;
  return `${sqlAggregate('any_value', sql, where, order)}::${DUCKDB_TYPE[type]}`;
}

function pickAggregate(kind: 'max' | 'min', alias: string): AggregateFunction {
  return plain(
    `arg_${kind}`,
    ({ args, order }) => pickBy(kind, argument(args, 0, `arg_${kind}`), args.slice(1), order),
    [alias],
  );
}

export const picks: readonly AggregateFunction[] = [
  plain('min', extreme('min')),
  conditional('minif', 1, extreme('min')),
  plain('max', extreme('max')),
  conditional('maxif', 1, extreme('max')),
  plain('take_any', any, ['any']),
  conditional('take_anyif', 1, any, ['anyif']),
  pickAggregate('max', 'argmax'),
  pickAggregate('min', 'argmin'),
];
