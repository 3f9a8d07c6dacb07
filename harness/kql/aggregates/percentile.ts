/**
 * Percentiles by nearest rank: the smallest value that at least p percent of the values do not exceed. The cloud
 * estimates large groups with a t-digest; this is exact.
 */
import { Refusal } from '../errors.js';
import type { AggregateFunction, Arg, EmitContext } from '../functions/registry.js';
import { DUCKDB_TYPE, type KqlType } from '../types.js';
import { isArray } from '../values/dynamic.js';
import { jsonArray } from './json.js';
import { argument, plain, sqlAggregate } from './parts.js';

const RANKED: ReadonlySet<KqlType> = new Set(['int', 'long', 'real', 'decimal', 'datetime', 'timespan']);

/** Percents become fractions of a billion, so that ranks are found in whole numbers. */
const BILLION = 1_000_000_000;

function ranked(args: readonly Arg[], name: string): Arg {
  const arg = argument(args, 0, name);
  if (RANKED.has(arg.type)) return arg;
  throw new Refusal('unsupported-argument', `${name}() cannot take a value of type ${arg.type}.`);
}

/** Billionths of the group that the percentile covers. */
function billionths(arg: Arg, name: string): number {
  const percent =
    typeof arg.constant === 'bigint' || typeof arg.constant === 'string' ? Number(arg.constant) : arg.constant;
  return fraction(percent, name);
}

function fraction(percent: unknown, name: string): number {
  const value = typeof percent === 'bigint' ? Number(percent) : percent;
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
    throw new Refusal('unsupported-argument', `A percentile of ${name}() must be a constant number between 0 and 100.`);
  }
  return Math.round((value * BILLION) / 100);
}

/** Percentiles given one by one, or as one constant dynamic array. */
function percentiles(args: readonly Arg[], name: string): number[] {
  const only = args.length === 1 ? args[0] : undefined;
  if (only?.type !== 'dynamic') return args.map((arg) => billionths(arg, name));
  const list = only.constant;
  if (list === null || list === undefined || typeof list !== 'object' || !isArray(list)) {
    throw new Refusal('unsupported-argument', `The percentiles of ${name}() must be a constant array.`);
  }
  return list.map((percent) => fraction(percent, name));
}

function unweighted(value: Arg, covered: number, type: KqlType): string {
  const quantile = `${(covered / BILLION).toFixed(9)}::DECIMAL(10,9)`;
  return `${sqlAggregate('quantile_disc', `${value.sql}, ${quantile}`, [])}::${DUCKDB_TYPE[type]}`;
}

/** As if each value stood in the group as often as its weight says. Rows without a positive weight do not count. */
function weighted(value: Arg, weight: Arg, covered: number, type: KqlType): string {
  const where = [`${value.sql} IS NOT NULL`, `${weight.sql} > 0`];
  const total = sqlAggregate('sum', `(${weight.sql})::HUGEINT`, where);
  const rows = `list_sort(${sqlAggregate('list', `struct_pack(v := ${value.sql}, w := (${weight.sql})::HUGEINT)`, where)})`;
  const field = (of: string, name: string) => `struct_extract(${of}, '${name}')`;
  const reached = `${field('sofar', 'w')} * ${BILLION} >= ${field('grp', 'n')} * ${covered}`;
  const chosen = `CASE WHEN ${reached} THEN ${field('sofar', 'v')} ELSE ${field('item', 'v')} END`;
  const step = `struct_pack(v := ${chosen}, w := ${field('sofar', 'w')} + ${field('item', 'w')})`;
  const walk = `lambda grp: list_reduce(${field('grp', 'l')}, lambda sofar, item: ${step})`;
  const found = `list_transform([struct_pack(l := ${rows}, n := ${total})], ${walk})[1]`;
  return `${field(found, 'v')}::${DUCKDB_TYPE[type]}`;
}

/** Type of the elements of an array of percentiles: that of a single one. */
function elementType(type: KqlType): KqlType {
  if (type === 'int') return 'long';
  return type === 'decimal' ? 'real' : type;
}

function array(type: KqlType, items: readonly string[], context: EmitContext): string {
  const list = `[${items.join(', ')}]`;
  return `CASE WHEN ${items[0] ?? 'NULL'} IS NOT NULL THEN ${jsonArray(list, elementType(type), context)} END`;
}

/** Percentiles of several columns are one call each: the binder gives one percentile at a time. */
function single(name: string): AggregateFunction {
  return plain(name, ({ args, type }) => {
    const value = ranked(args, name);
    return unweighted(value, billionths(argument(args, 1, name), name), type);
  });
}

function singleWeighted(name: string): AggregateFunction {
  return plain(name, ({ args, type }) => {
    const covered = billionths(argument(args, 2, name), name);
    return weighted(ranked(args, name), argument(args, 1, name), covered, type);
  });
}

export const percentileAggregates: readonly AggregateFunction[] = [
  single('percentile'),
  single('percentiles'),
  singleWeighted('percentilew'),
  singleWeighted('percentilesw'),
  plain('percentiles_array', ({ args, context }) => {
    const value = ranked(args, 'percentiles_array');
    const all = percentiles(args.slice(1), 'percentiles_array');
    return array(
      value.type,
      all.map((covered) => unweighted(value, covered, elementType(value.type))),
      context,
    );
  }),
  plain('percentilesw_array', ({ args, context }) => {
    const value = ranked(args, 'percentilesw_array');
    const weight = argument(args, 1, 'percentilesw_array');
    const all = percentiles(args.slice(2), 'percentilesw_array');
    return array(
      value.type,
      all.map((covered) => weighted(value, weight, covered, elementType(value.type))),
      context,
    );
  }),
];
