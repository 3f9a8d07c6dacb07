/** Values of the group in one dynamic array or bag. */
import { Refusal } from '../errors.js';
import type { AggregateFunction, Arg } from '../functions/registry.js';
import { bagOf, schemaOf } from './hosts.js';
import { jsonArray } from './json.js';
import { argument, type Call, conditional, type Emit, plain, sqlAggregate } from './parts.js';

/** Most elements that an array or bag gets, and how many the deprecated spellings give unless told. */
const MOST = 1_048_576;
const DEPRECATED = 128;

/** Drops nulls, but not those of dynamic type; the empty string is a value. Arrays are taken apart, one level deep. */
function list(fallback: number): Emit {
  return (call) => listOf(call, present, limit(call.args[1], fallback));
}

function listWithNulls(call: Call): string {
  return listOf(call, (_, where) => where, MOST);
}

function listOf({ args, where, order, context }: Call, rows: typeof present, most: number): string {
  const value = argument(args, 0, 'make_list');
  const gaps = rows !== present;
  const items =
    value.type === 'dynamic'
      ? takenApart(value.sql, sqlAggregate('list', `coalesce(${value.sql}, 'null')`, where, order), where)
      : sqlAggregate('list', value.sql, rows(value, where), order);
  return `coalesce(${jsonArray(cut(items, most), value.type, context, gaps)}, '[]')`;
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
    if (value.type === 'dynamic') {
      const parts = `list_filter(${takenApart(value.sql, items, where)}, lambda item: item <> 'null')`;
      items = order === '' ? `list_sort(list_distinct(${parts}))` : parts;
    }
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

/** The items of a dynamic column, those of its arrays in their place. Groups without an array pay nothing for it. */
function takenApart(sql: string, items: string, where: readonly string[]): string {
  const parts = `lambda item: CASE WHEN starts_with(item, '[') THEN (item::JSON->'$[*]')::VARCHAR[] ELSE [item] END`;
  const arrays = sqlAggregate('bool_or', `starts_with(${sql}, '[')`, where);
  return `(CASE WHEN ${arrays} THEN flatten(list_transform(${items}, ${parts})) ELSE ${items} END)`;
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
