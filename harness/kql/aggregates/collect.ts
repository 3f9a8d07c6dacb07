/** Values of the group in one dynamic array or bag. */
import { Refusal } from '../errors.js';
import type { AggregateFunction, Arg } from '../functions/registry.js';
import { bagOf, schemaOf } from './hosts.js';
import { jsonArray } from './json.js';
import { argument, type Call, conditional, type Emit, plain, sqlAggregate } from './parts.js';

/** Most elements that an array or bag gets, and how many the deprecated spellings give unless told. */
const MOST = 1_048_576;
const DEPRECATED = 128;

/** Drops nulls; the empty string is a value. */
function list(fallback: number): Emit {
  return ({ args, where, order, context }) => {
    const value = argument(args, 0, 'make_list');
    const items = sqlAggregate('list', value.sql, present(value, where), order);
    return `coalesce(${jsonArray(cut(items, limit(args[1], fallback)), value.type, context)}, '[]')`;
  };
}

function listWithNulls({ args, where, order, context }: Call): string {
  const value = argument(args, 0, 'make_list_with_nulls');
  const items = sqlAggregate('list', value.sql, where, order);
  return `coalesce(${jsonArray(cut(items, MOST), value.type, context, true)}, '[]')`;
}

/**
 * In the order of first appearance where the input has an order, else sorted, so that a run repeats exactly. Nulls are
 * dropped, and arrays of a dynamic column are taken apart, one level deep.
 */
function set(fallback: number): Emit {
  return ({ args, where, order, context }) => {
    const value = argument(args, 0, 'make_set');
    const kept = present(value, where);
    let items = order === '' ? distinct(value.sql, kept) : sqlAggregate('list', value.sql, kept, order);
    if (value.type === 'dynamic') items = takenApart(items, order === '');
    if (order !== '') items = firstOfEach(items);
    return `coalesce(${jsonArray(cut(items, limit(args[1], fallback)), value.type, context)}, '[]')`;
  };
}

/** The rows that have a value; every row has one of a string. */
function present(value: Arg, where: readonly string[]): readonly string[] {
  return value.type === 'string' ? where : [...where, `${value.sql} IS NOT NULL`];
}

function distinct(sql: string, where: readonly string[]): string {
  return sqlAggregate('list', `DISTINCT ${sql}`, where, sql);
}

function takenApart(items: string, sort: boolean): string {
  const parts = `lambda item: CASE WHEN starts_with(item, '[') THEN (item::JSON->'$[*]')::VARCHAR[] ELSE [item] END`;
  const all = `list_filter(flatten(list_transform(${items}, ${parts})), lambda item: item <> 'null')`;
  return sort ? `list_sort(list_distinct(${all}))` : all;
}

/** Keeps each value where it first stands: sorts by value and place, takes the first of each run, sorts by place. */
function firstOfEach(items: string): string {
  const placed = `list_sort(list_transform(${items}, lambda item, i: struct_pack(v := item, i := i)))`;
  const differs = "struct_extract(seen[i - 1], 'v') <> struct_extract(item, 'v')";
  const firsts = `list_filter(seen, lambda item, i: i = 1 OR ${differs})`;
  const turned = "lambda item: struct_pack(i := struct_extract(item, 'i'), v := struct_extract(item, 'v'))";
  const byPlace = `list_sort(list_transform(${firsts}, ${turned}))`;
  return `list_transform([${placed}], lambda seen: list_transform(${byPlace}, lambda item: struct_extract(item, 'v')))[1]`;
}

/** CASE leaves a list that is short enough where it is; a slice would copy it. */
function cut(items: string, most: number): string {
  return `CASE WHEN len(${items}) > ${most} THEN (${items})[:${most}] ELSE ${items} END`;
}

function limit(arg: Arg | undefined, fallback: number): number {
  if (arg === undefined) return fallback;
  const size = typeof arg.constant === 'bigint' || typeof arg.constant === 'number' ? Number(arg.constant) : Number.NaN;
  if (!(size > 0)) throw new Refusal('unsupported-argument', 'The size limit must be a constant number above 0.');
  return Math.min(Math.trunc(size), MOST);
}

/** Merges bags; of a key that several have, the first value stays. What is not a bag does not count. */
function bag(fallback: number): Emit {
  return ({ args, where, order, context }) => {
    const value = argument(args, 0, 'make_bag');
    const bags = rows(value, [...where, `starts_with(${value.sql}, '{')`], order);
    return context.host(bagOf, [bags, `${limit(args[1], fallback)}::BIGINT`]);
  };
}

function schema({ args, where, order, context }: Call): string {
  return context.host(schemaOf, [rows(argument(args, 0, 'buildschema'), where, order)]);
}

function rows(value: Arg, where: readonly string[], order: string): string {
  return `coalesce('[' || ${sqlAggregate('string_agg', `${value.sql}, ','`, where, order)} || ']', '[]')`;
}

export const collections: readonly AggregateFunction[] = [
  plain('make_list', list(MOST)),
  conditional('make_list_if', 1, list(MOST)),
  plain('makelist', list(DEPRECATED)),
  plain('make_list_with_nulls', listWithNulls),
  plain('make_set', set(MOST)),
  conditional('make_set_if', 1, set(MOST)),
  plain('makeset', set(DEPRECATED)),
  plain('make_bag', bag(MOST)),
  conditional('make_bag_if', 1, bag(MOST)),
  plain('make_dictionary', bag(DEPRECATED)),
  plain('buildschema', schema),
];
