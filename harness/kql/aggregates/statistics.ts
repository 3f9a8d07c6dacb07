/** Sum, mean and spread. Null does not take part in any of them. */
import { Refusal } from '../errors.js';
import type { AggregateFunction, Arg } from '../functions/registry.js';
import type { KqlType } from '../types.js';
import { argument, type Call, conditional, plain, sqlAggregate } from './parts.js';

const NAN = "'NaN'::DOUBLE";
const INFINITE = "'Infinity'::DOUBLE";

/** Squares of what is larger do not fit a double, and DuckDB refuses instead of giving infinity. */
const SQUARABLE = '1e150';

/** Nothing sums to zero; whole numbers, datetimes and timespans wrap at 64 bits. */
function sum({ args, where, type }: Call): string {
  const { sql } = numeric(argument(args, 0, 'sum'), 'sum');
  if (type === 'real') return `coalesce(${sqlAggregate('sum', `(${sql})::DOUBLE`, where)}, 0.0::DOUBLE)`;
  if (type === 'decimal') return decimalSum(sql, where);
  return `coalesce(${wrappedSum(sql, where)}, 0)::BIGINT`;
}

function wrappedSum(sql: string, where: readonly string[]): string {
  const total = sqlAggregate('sum', sql, where);
  const wrapped = `((${total} % 18446744073709551616 + 27670116110564327424) % 18446744073709551616 - 9223372036854775808)`;
  const fits = `${total} BETWEEN -9223372036854775808 AND 9223372036854775807`;
  return `CASE WHEN ${fits} THEN ${total} ELSE ${wrapped} END`;
}

/** Whole and fraction apart, so that a sum beyond 38 digits gives null and not an error of DuckDB. */
function decimalSum(sql: string, where: readonly string[]): string {
  const whole = sqlAggregate('sum', `trunc(${sql})::HUGEINT`, where);
  const fraction = sqlAggregate('sum', `(${sql}) - trunc(${sql})`, where);
  const total = `${whole}::DECIMAL(38,18) + ${fraction}`;
  return `CASE WHEN ${whole} IS NULL THEN 0 WHEN abs(${whole}) < 10000000000000000000 THEN ${total} END::DECIMAL(38,18)`;
}

/** The mean of no number is NaN; of no datetime, timespan or decimal it is null. Sums of whole numbers wrap here too. */
function avg({ args, where, type }: Call): string {
  const arg = numeric(argument(args, 0, 'avg'), 'avg');
  const { sql } = arg;
  const count = sqlAggregate('count', sql, where);
  if (type === 'real') {
    const mean =
      arg.type === 'real' ? sqlAggregate('avg', sql, where) : `(${wrappedSum(sql, where)})::DOUBLE / ${count}`;
    return `coalesce(${mean}, ${NAN})::DOUBLE`;
  }
  if (type === 'decimal') return `CASE WHEN ${count} > 0 THEN ${decimalMean(sql, where, count)} END`;
  return `CASE WHEN ${count} > 0 THEN (${sqlAggregate('sum', sql, where)} // ${count})::BIGINT END`;
}

/** Through long division, since dividing two decimals of 38 digits gives a double. */
function decimalMean(sql: string, where: readonly string[], count: string): string {
  const whole = sqlAggregate('sum', `trunc(${sql})::HUGEINT`, where);
  const fraction = sqlAggregate('sum', `(${sql}) - trunc(${sql})`, where);
  const rest = `(${whole} % ${count} + ${fraction}::DOUBLE) / ${count}`;
  return `(${whole} // ${count})::DECIMAL(38,18) + (${rest})::DECIMAL(38,18)`;
}

/**
 * A variance or standard deviation by DuckDB's function of that name; 0 where there are too few values. Values that are
 * not finite make it NaN, values too large to square make it infinite.
 */
function spread(duckdb: string) {
  return ({ args, where }: Call): string => {
    const arg = numeric(argument(args, 0, duckdb), duckdb);
    const value = `(${arg.sql})::DOUBLE`;
    if (arg.type !== 'real') return `coalesce(${sqlAggregate(duckdb, value, where)}, 0.0)::DOUBLE`;
    const largest = sqlAggregate('max', `abs(${value})`, where);
    const usual = sqlAggregate(duckdb, value, [...where, `abs(${value}) <= ${SQUARABLE}`]);
    return guarded(largest, `coalesce(${usual}, 0.0)`);
  };
}

/** A covariance by DuckDB's function of that name; null where there are too few pairs. */
function covariance(duckdb: string) {
  return ({ args, where }: Call): string => {
    const pair = [0, 1].map((i) => `(${numeric(argument(args, i, 'covariance'), 'covariance').sql})::DOUBLE`);
    const whole = pair.map((value) => `${value} IS NOT NULL`);
    const largest = sqlAggregate('max', `greatest(${pair.map((value) => `abs(${value})`).join(', ')})`, [
      ...where,
      ...whole,
    ]);
    const small = pair.map((value) => `abs(${value}) <= ${SQUARABLE}`);
    return guarded(largest, sqlAggregate(duckdb, pair.join(', '), [...where, ...small]));
  };
}

function guarded(largest: string, usual: string): string {
  const odd = `CASE WHEN isfinite(${largest}) THEN ${INFINITE} ELSE ${NAN} END`;
  return `(CASE WHEN ${largest} > ${SQUARABLE} THEN ${odd} ELSE ${usual} END)::DOUBLE`;
}

const NUMERIC: ReadonlySet<KqlType> = new Set(['int', 'long', 'real', 'decimal', 'datetime', 'timespan']);

function numeric(arg: Arg, name: string): Arg {
  if (!NUMERIC.has(arg.type))
    throw new Refusal('unsupported-argument', `${name}() cannot take a value of type ${arg.type}.`);
  return arg;
}

const pairs: readonly (readonly [string, string, number, (call: Call) => string])[] = [
  ['sum', 'sumif', 1, sum],
  ['avg', 'avgif', 1, avg],
  ['stdev', 'stdevif', 1, spread('stddev_samp')],
  ['stdevp', 'stdevpif', 1, spread('stddev_pop')],
  ['variance', 'varianceif', 1, spread('var_samp')],
  ['variancep', 'variancepif', 1, spread('var_pop')],
  ['covariance', 'covarianceif', 2, covariance('covar_samp')],
  ['covariancep', 'covariancepif', 2, covariance('covar_pop')],
];

export const statistics: readonly AggregateFunction[] = pairs.flatMap(([name, ifName, position, emit]) => [
  plain(name, emit),
  conditional(ifName, position, emit),
]);
