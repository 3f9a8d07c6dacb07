/// <reference types="@kusto/language-service-next" />
/** Functions over the rows before and after, and the stages that a plan needs for them. */
import { wrap, wrapInt } from '../functions/integers.js';
import type { Arg, EmitContext } from '../functions/registry.js';
import { keep, literal, project, ref } from '../plan/make.js';
import type { Expr, Item, OrderKey, Plan, Window } from '../plan/plan.js';
import { mapExpr, someExpr } from '../plan/rewrite.js';
import type { KqlType } from '../types.js';
import type { Binder } from './binder.js';

interface WindowFunction {
  readonly name: string;
  bind(args: readonly Expr[], type: KqlType): Expr;
}

/** Functions that need an ordered input, by name. */
export const windowFunctions: ReadonlyMap<string, WindowFunction> = new Map(
  [
    neighbour('prev', 'lag'),
    neighbour('next', 'lead'),
    { name: 'row_number', bind: rowNumber },
    { name: 'row_cumsum', bind: cumulativeSum },
    { name: 'row_rank_dense', bind: (args: readonly Expr[]) => rank(args, true) },
    { name: 'row_rank_min', bind: (args: readonly Expr[]) => rank(args, false) },
    { name: 'row_window_session', bind: session },
  ].map((fn) => [fn.name, fn]),
);

function window(
  type: KqlType,
  args: readonly Expr[],
  emit: (args: readonly Arg[], over: string, context: EmitContext) => string,
  options: { readonly partition?: readonly Expr[]; readonly running?: boolean } = {},
): Window {
  return { kind: 'window', type, args, emit, partition: options.partition ?? [], running: options.running ?? false };
}

function neighbour(name: string, sql: string): WindowFunction {
  return {
    name,
    bind: ([value, offset = literal(1n, 'long'), fallback], type) =>
      window(type, [value as Expr, offset, ...(fallback ? [fallback] : [])], ([of, by, otherwise], over, context) => {
        const missing = otherwise ? context.convert(otherwise, type) : context.literal(null, type);
        return `${sql}(${of?.sql}, ${by?.sql}, ${missing}) ${over}`;
      }),
  };
}

function rowNumber([start = literal(1n, 'long'), restart]: readonly Expr[]): Expr {
  const emit = ([from]: readonly Arg[], over: string, context: EmitContext): string =>
    wrap(`(row_number() ${over} - 1)::HUGEINT + ${context.convert(from as Arg, 'long')}`);
  return window('long', [start], emit, { partition: restart ? [segments(restart)] : [] });
}

function cumulativeSum([term, restart]: readonly Expr[], type: KqlType): Expr {
  const emit = ([value]: readonly Arg[], over: string): string => {
    const sum = `coalesce(sum(${value?.sql}) ${over}, 0)`;
    if (type === 'real' || type === 'decimal') return sum;
    return type === 'int' ? wrapInt(sum) : wrap(sum);
  };
  return window(type, [term as Expr], emit, { partition: restart ? [segments(restart)] : [], running: true });
}

/** Counts how often a condition has held up to this row: constant between two rows in which it holds. */
function segments(restart: Expr): Expr {
  return window('long', [restart], ([at], over) => `count(*) FILTER (WHERE ${at?.sql}) ${over}`, { running: true });
}

/** Whether a value differs from that of the row before; true on the first row. */
function changed(value: Expr, partition: readonly Expr[]): Expr {
  const emit = ([of]: readonly Arg[], over: string): string =>
    `(row_number() ${over} = 1 OR ${of?.sql} IS DISTINCT FROM lag(${of?.sql}) ${over})`;
  return window('bool', [value], emit, { partition });
}

function rank([term, restart]: readonly Expr[], dense: boolean): Expr {
  const partition = restart ? [segments(restart)] : [];
  const change = changed(term as Expr, partition);
  if (dense)
    return window('long', [change], ([at], over) => `count(*) FILTER (WHERE ${at?.sql}) ${over}`, {
      partition,
      running: true,
    });
  const place = window('long', [], (_args, over) => `row_number() ${over}`, { partition });
  const emit = ([at, row]: readonly Arg[], over: string): string =>
    `max(CASE WHEN ${at?.sql} THEN ${row?.sql} END) ${over}`;
  return window('long', [change, place], emit, { partition, running: true });
}

/**
 * Start of the session of a row: a session ends when the gap to the row before exceeds `between`, when the distance to
 * the session's start exceeds `within`, or where `restart` holds.
 */
function session([moment, within, between, restart]: readonly Expr[]): Expr {
  const partition = restart ? [segments(restart)] : [];
  const moments = window('dynamic', [moment as Expr], ([at], over) => `list(${at?.sql}) ${over}`, {
    partition,
    running: true,
  });
  const emit = ([before, most, gap]: readonly Arg[]): string =>
    `list_reduce(list_transform(${before?.sql}, x -> {s: x, p: x}), (a, x) -> CASE WHEN x.p - a.p > ${gap?.sql} OR x.p - a.s > ${most?.sql} ` +
    'THEN x ELSE {s: a.s, p: x.p} END).s';
  return { kind: 'native', type: 'datetime', args: [moments, within as Expr, between as Expr], emit };
}

/** Gives a plan whose rows have an order: its own, or else the one in which they happen to come. */
export function serialized(binder: Binder, input: Plan): Plan {
  if (input.order.length > 0) return input;
  const place = binder.columns.make('place', 'long');
  const numbered = project(input, [
    ...input.columns.map(keep),
    { column: place, expr: window('long', [], (_args, over) => `row_number() ${over}`) },
  ]);
  const order: readonly OrderKey[] = [{ column: place, descending: false, nullsFirst: true }];
  return { ...numbered, columns: input.columns, order };
}

/**
 * Takes window functions out of expressions: each becomes a column of a stage below, so that what is left is free of
 * them. The input keeps its columns and gains hidden ones.
 */
export function liftWindows(
  binder: Binder,
  input: Plan,
  exprs: readonly Expr[],
): { readonly input: Plan; readonly exprs: readonly Expr[] } {
  if (!exprs.some((expr) => someExpr(expr, isWindow))) return { input, exprs };
  let stage = serialized(binder, input);
  let left = exprs;
  while (left.some((expr) => someExpr(expr, isWindow))) {
    const lifted: Item[] = [];
    left = left.map((expr) =>
      mapExpr(expr, (node) => {
        if (
          !isWindow(node) ||
          [...node.args, ...node.partition].some(
            (part) => someExpr(part, isWindow) || lifted.some((item) => uses(part, item)),
          )
        ) {
          return node;
        }
        const column = binder.columns.make('window', node.type);
        lifted.push({ column, expr: node });
        return ref(column);
      }),
    );
    stage = project(stage, [...stage.columns.map(keep), ...lifted]);
  }
  return { input: stage, exprs: left };
}

function isWindow(expr: Expr): expr is Window {
  return expr.kind === 'window';
}

function uses(expr: Expr, item: Item): boolean {
  return someExpr(expr, (node) => node.kind === 'column' && node.column.id === item.column.id);
}
