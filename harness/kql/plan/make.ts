/** Factories of plan nodes: each works out what the node gives from what its parts give. */
import type { AggregateFunction, Value } from '../functions/registry.js';
import type { KqlType, OutsideRows } from '../types.js';
import { grows, growsLike } from './growth.js';
import type {
  Aggregate,
  AggregateItem,
  Apply,
  Column,
  ColumnRef,
  Expand,
  Expr,
  Filter,
  Fold,
  Item,
  Join,
  Limit,
  Literal,
  Native,
  OrderKey,
  Outside,
  Plan,
  Project,
  Range,
  Reference,
  Shared,
  Sort,
  Span,
  Table,
  Union,
  Values,
} from './plan.js';

/** Makes columns with identities of their own within one compilation. */
export class Columns {
  private next = 0;

  make(name: string, type: KqlType): Column {
    return { id: this.next++, name, type };
  }

  /** A new column with the name and type of another. */
  like(column: Column): Column {
    return this.make(column.name, column.type);
  }
}

export function literal(value: Value, type: KqlType, span?: Span): Literal {
  return { kind: 'literal', value, type, ...(span ? { span } : {}) };
}

export function ref(column: Column, span?: Span): ColumnRef {
  return { kind: 'column', column, type: column.type, ...(span ? { span } : {}) };
}

export function native(type: KqlType, args: readonly Expr[], emit: Native['emit']): Native {
  return { kind: 'native', type, args, emit };
}

/** An item that passes a column on as it is. */
export function keep(column: Column): Item {
  return { column, expr: ref(column) };
}

export function table(name: string, columns: readonly Column[]): Table {
  return { kind: 'table', table: name, columns, order: [] };
}

export function outside(key: string, rows: OutsideRows, columns: readonly Column[]): Outside {
  return { kind: 'outside', key, rows, columns, order: [] };
}

/** Rows in the order given; `place` is the hidden column that holds it. */
export function values(columns: readonly Column[], rows: readonly (readonly Expr[])[], place: Column): Values {
  return { kind: 'values', columns, rows, order: [ascending(place)] };
}

export function range(column: Column, from: Expr, to: Expr, step: Expr): Range {
  return { kind: 'range', columns: [column], from, to, step, order: [] };
}

export function project(input: Plan, items: readonly Item[]): Project {
  for (const { column, expr } of items) if (expr.kind !== 'column' || expr.column !== column) grows(column, [expr]);
  return { kind: 'project', input, items, columns: items.map((item) => item.column), order: input.order };
}

export function filter(input: Plan, predicate: Expr): Filter {
  return { kind: 'filter', input, predicate, columns: input.columns, order: input.order };
}

export function aggregate(
  input: Plan,
  keys: readonly Item[],
  aggregates: readonly AggregateItem[],
  columns?: readonly Column[],
): Aggregate {
  const made = [...keys.map((key) => key.column), ...aggregates.flatMap(columnsOfAggregate)];
  for (const { column, expr } of keys) grows(column, [expr]);
  for (const item of aggregates) {
    if (item.kind === 'pick') for (const { column, expr } of item.items) grows(column, [expr]);
    else grows(item.column, item.args);
  }
  return { kind: 'aggregate', input, keys, aggregates, columns: columns ?? made, order: [] };
}

function columnsOfAggregate(item: AggregateItem): readonly Column[] {
  return item.kind === 'pick' ? item.items.map((picked) => picked.column) : [item.column];
}

export function aggregateCall(column: Column, fn: AggregateFunction, args: readonly Expr[]): AggregateItem {
  return { kind: 'aggregate-call', column, fn, args };
}

export function join(parts: Omit<Join, 'kind' | 'columns' | 'order'>): Join {
  for (const { column, expr } of parts.items)
    if (expr.kind !== 'column' || expr.column !== column) grows(column, [expr]);
  return { kind: 'join', ...parts, columns: parts.items.map((item) => item.column), order: [] };
}

export function union(columns: readonly Column[], inputs: Union['inputs']): Union {
  for (const [i, column] of columns.entries()) {
    const exprs = inputs.flatMap((input) => input.exprs[i] ?? []);
    grows(column, exprs);
  }
  return { kind: 'union', columns, inputs, order: [] };
}

/**
 * Orders by the keys, and by what the input was ordered by where they tie. `columns` are those that the user goes on
 * to see, where the input was given further ones to sort by.
 */
export function sort(input: Plan, keys: readonly OrderKey[], columns: readonly Column[] = input.columns): Sort {
  const taken = new Set(keys.map((key) => key.column.id));
  const rest = input.order.filter((key) => !taken.has(key.column.id));
  return { kind: 'sort', input, columns, order: [...keys, ...rest] };
}

export function limit(input: Plan, count: Expr): Limit {
  return { kind: 'limit', input, count, columns: input.columns, order: input.order };
}

export function apply(input: Plan, body: Plan, outer: boolean, traceBody = false): Apply {
  return {
    kind: 'apply',
    input,
    body,
    outer,
    traceBody,
    columns: [...input.columns, ...body.columns],
    order: input.order.length === 0 ? [] : [...input.order, ...body.order],
  };
}

/**
 * @param kept columns of the input that go on
 * @param place takes the place of each item, where the rows have an order or the user asks for it
 */
export function expand(
  input: Plan,
  kept: readonly Column[],
  lists: Expand['lists'],
  place: Column,
  shown = false,
): Expand {
  for (const { column, list } of lists) grows(column, [list]);
  return {
    kind: 'expand',
    input,
    lists,
    place,
    columns: [...kept, ...lists.map((list) => list.column), ...(shown ? [place] : [])],
    order: input.order.length === 0 ? [] : [...input.order, ascending(place)],
  };
}

export function fold(parts: Omit<Fold, 'kind' | 'order'>): Fold {
  return { kind: 'fold', ...parts, order: [] };
}

/** A use of a shared plan, with columns of its own. */
export function reference(shared: Shared, columns: Columns): Reference {
  const mapping = carried(shared.plan).map((from) => ({ from, to: columns.like(from) }));
  const renamed = new Map(mapping.map(({ from, to }) => [from.id, to]));
  for (const { from, to } of mapping) growsLike(to, from);
  const to = (column: Column): Column => renamed.get(column.id) as Column;
  return {
    kind: 'reference',
    shared,
    mapping,
    columns: shared.plan.columns.map(to),
    order: shared.plan.order.map((key) => ({ ...key, column: to(key.column) })),
  };
}

/** All columns that a node gives: those the user sees, then hidden ones that it is ordered by. */
export function carried(plan: Plan): readonly Column[] {
  const seen = new Set(plan.columns.map((column) => column.id));
  const hidden: Column[] = [];
  for (const { column } of plan.order) {
    if (seen.has(column.id)) continue;
    seen.add(column.id);
    hidden.push(column);
  }
  return [...plan.columns, ...hidden];
}

function ascending(column: Column): OrderKey {
  return { column, descending: false, nullsFirst: true };
}
