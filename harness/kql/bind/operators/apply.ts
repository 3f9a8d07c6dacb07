/// <reference types="@kusto/language-service-next" />
/** `mv-apply`: a query over the items of an array or bag of each row. */
import { apply, expand, filter, join, keep, project, ref, values } from '../../plan/make.js';
import type { Column, Expr, Item, Plan } from '../../plan/plan.js';
import { prune } from '../../plan/prune.js';
import { someExpr } from '../../plan/rewrite.js';
import { columnsOf, elements, present } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import { columnNamed } from '../build.js';
import { rawParameter } from '../parameters.js';
import type { Scope } from '../scope.js';
import { type Expansion, expansion, rowLimit } from './expand.js';
import { type Operator, operator } from './operator.js';

export const applyOperators: readonly Operator[] = [
  operator('mv-apply', 'MvApplyOperator', (binder, node, input, scope) => {
    if (node.ContextIdClause)
      binder.refuse(node.ContextIdClause, 'unsupported-argument', "The clause 'id' of mv-apply is not supported.");
    const most = rowLimit(binder, node.RowLimitClause, scope);
    const source = expansion(binder, elements(node.Expressions), input, scope, false, most);
    const body = present(present(node.Subquery).Expression);
    const inner: Scope = { ...scope, row: [], inRow: true };
    const bind = (base: Plan): Plan => binder.body(body, base, inner);
    const index = rawParameter(node.Parameters, 'with_itemindex');
    const output = columnsOf(node.ResultType);
    return rowByRow(binder, source, index, input, bind, output) ?? lateral(binder, source, index, input, bind, output);
  }),
];

/**
 * A body that looks at one item at a time runs over the expanded rows as it is. Null for any other.
 */
function rowByRow(
  binder: Binder,
  source: Expansion,
  index: string | undefined,
  input: Plan,
  bind: (base: Plan) => Plan,
  output: readonly NamedType[],
): Plan | null {
  const place = binder.columns.make(index ?? 'place', 'long');
  const expanded = expand(source.input, input.columns, source.lists, place, index !== undefined);
  const made = new Set(source.items.map((item) => item.column.name));
  const outer = input.columns.filter((column) => !made.has(column.name)).map(keep);
  const seen = [...outer, ...source.items, ...(index === undefined ? [] : [keep(place)])];
  const hidden = input.columns.filter((column) => made.has(column.name)).map(keep);
  const base: Plan = { ...project(expanded, [...seen, ...hidden]), columns: seen.map((item) => item.column) };
  const body = carrying(bind(base), base, input.columns);
  return body && project(body, picks(binder, body.columns, input.columns, output));
}

/** The plan with the columns of its base carried along to its top; null where it does more than look at one row at a time. */
function carrying(plan: Plan, base: Plan, needed: readonly Column[]): Plan | null {
  if (plan === base) return plan;
  const also = (items: readonly Item[]): Item[] => {
    const has = new Set(items.map((item) => item.column.id));
    return [...items, ...needed.filter((column) => !has.has(column.id)).map(keep)];
  };
  switch (plan.kind) {
    case 'project': {
      if (plan.items.some((item) => someExpr(item.expr, beyondRow))) return null;
      const input = carrying(plan.input, base, needed);
      return input && { ...project(input, also(plan.items)), columns: plan.columns };
    }
    case 'filter': {
      if (someExpr(plan.predicate, beyondRow)) return null;
      const input = carrying(plan.input, base, needed);
      return input && { ...filter(input, plan.predicate), columns: plan.columns };
    }
    case 'join': {
      if (plan.join !== 'semi') return null;
      const left = carrying(plan.left, base, needed);
      return left && { ...join({ ...plan, left, items: also(plan.items) }), columns: plan.columns };
    }
    default:
      return null;
  }
}

function beyondRow(expr: Expr): boolean {
  return expr.kind === 'window';
}

/** Any body: for each row it runs over that row's items. */
function lateral(
  binder: Binder,
  source: Expansion,
  index: string | undefined,
  input: Plan,
  bind: (base: Plan) => Plan,
  output: readonly NamedType[],
): Plan {
  const one = values([], [[]], binder.columns.make('place', 'long'));
  const place = binder.columns.make(index ?? 'place', 'long');
  const expanded = expand(one, [], source.lists, place, index !== undefined);
  const made = new Set(source.items.map((item) => item.column.name));
  const outer = input.columns.filter((column) => !made.has(column.name));
  const copies = outer.map((column): Item => ({ column: binder.columns.like(column), expr: ref(column) }));
  const base = project(expanded, [...copies, ...source.items, ...(index === undefined ? [] : [keep(place)])]);
  const body = bind(base);
  const copied = new Set(copies.map((item) => item.column.id));
  const own = body.columns.filter((column) => !copied.has(column.id));
  const applied = apply(source.input, prune({ ...body, columns: own }, new Set(own.map((column) => column.id))), false);
  return project(applied, picks(binder, own, input.columns, output));
}

/** The output by name: the body's columns, and the row's where the body has none of the name. */
function picks(binder: Binder, body: readonly Column[], row: readonly Column[], output: readonly NamedType[]): Item[] {
  return output.map(({ name }) => {
    const own = columnNamed(body, name);
    return own ? { column: binder.columns.like(own), expr: ref(own) } : keep(present(columnNamed(row, name)));
  });
}
