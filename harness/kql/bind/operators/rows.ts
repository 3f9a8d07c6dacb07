/// <reference types="@kusto/language-service-next" />
/** Operators that choose or order rows and leave the columns as they are. */
import { aggregates } from '../../aggregates/index.js';
import {
  aggregate,
  aggregateCall,
  filter,
  join,
  keep,
  limit,
  literal,
  native,
  project,
  ref,
  sort,
  values,
} from '../../plan/make.js';
import type { Expr, Item, OrderKey, Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { converted, isTabular, operatorName } from '../build.js';
import { grouped } from '../grouping.js';
import { bindItems } from '../items.js';
import { type Scope, withRow } from '../scope.js';
import { liftWindows } from '../windows.js';
import { type Operator, operator } from './operator.js';

export const rowOperators: readonly Operator[] = [
  operator('where', 'FilterOperator', (binder, node, input, scope) =>
    where(binder, present(node.Condition), input, scope),
  ),
  operator('take', 'TakeOperator', (binder, node, input, scope) => limit(input, count(binder, node.Expression, scope))),
  operator('sample', 'SampleOperator', (binder, node, input, scope) =>
    limit(input, count(binder, node.Expression, scope)),
  ),
  operator('sort', 'SortOperator', (binder, node, input, scope) =>
    sorted(binder, elements(node.Expressions), input, scope),
  ),
  operator('top', 'TopOperator', (binder, node, input, scope) =>
    limit(sorted(binder, [present(node.ByExpression)], input, scope), count(binder, node.Expression, scope)),
  ),
  operator('distinct', 'DistinctOperator', (binder, node, input, scope) => {
    const row = withRow(scope, input.columns);
    const [first] = elements(node.Expressions);
    const star = isNode(first ?? null, 'StarExpression');
    const exprs: Expr[] = star
      ? input.columns.map((column) => ref(column))
      : bindItems(binder, node.Expressions, row).map((item) => item.expr);
    const output = columnsOf(node.ResultType);
    const keys = exprs.map((expr, i) => ({ column: binder.column(present(output[i])), expr }));
    return grouped(binder, input, keys, []);
  }),
  operator('count', 'CountOperator', (binder, node, input) => {
    const [output] = columnsOf(node.ResultType);
    const column = binder.columns.make(output?.name ?? 'Count', 'long');
    return aggregate(input, [], [aggregateCall(column, present(aggregates.get('count')), [])]);
  }),
  operator('as', 'AsOperator', (binder, node, input, scope) => {
    const shared = binder.share(input);
    scope.names.add(present(node.Name).SimpleName ?? '', { kind: 'table', plan: () => binder.reuse(shared) });
    return binder.reuse(shared);
  }),
  operator('render', 'RenderOperator', (_binder, _node, input) => input),
  operator('getschema', 'GetSchemaOperator', (binder, node, input) =>
    schemaOf(binder, input, columnsOf(node.ResultType)),
  ),
];

/** `where`, part by part: membership in a table becomes a semi join, so that the rows found there count as partners. */
export function where(binder: Binder, condition: Expression, input: Plan, scope: Scope): Plan {
  let plan = input;
  for (const part of conjuncts(condition)) {
    plan =
      semiJoin(binder, part, plan, scope) ??
      filtered(binder, binder.expression(part, withRow(scope, plan.columns)), plan);
  }
  return plan;
}

/** Keeps the rows for which a bound condition holds. */
export function filtered(binder: Binder, condition: Expr, input: Plan): Plan {
  const lifted = liftWindows(binder, input, [condition.type === 'bool' ? condition : converted(condition, 'bool')]);
  const plan = filter(lifted.input, present(lifted.exprs[0]));
  return lifted.input === input ? plan : project(plan, input.columns.map(keep));
}

/** The conditions that `and` joins into one. */
export function conjuncts(condition: Expression): Expression[] {
  if (isNode(condition, 'ParenthesizedExpression')) return conjuncts(present(condition.Expression));
  if (isNode(condition, 'BinaryExpression') && operatorName(condition.Operator) === 'and') {
    return [...conjuncts(present(condition.Left)), ...conjuncts(present(condition.Right))];
  }
  return [condition];
}

function semiJoin(binder: Binder, condition: Expression, input: Plan, scope: Scope): Plan | null {
  if (!isNode(condition, 'InExpression') || operatorName(condition.Operator) !== 'in') return null;
  const [only, ...more] = elements(present(condition.Right).Expressions);
  if (!only || more.length > 0 || !isTabular(only)) return null;
  const members = binder.tabular(only, scope);
  const [column] = members.columns;
  if (!column) return binder.refuse(only, 'unsupported-argument', "The table after 'in' has no column.");
  // A join of null with null succeeds; null is in no list.
  const some = native('bool', [ref(column)], ([of]) => `${of?.sql} IS NOT NULL`);
  const right = column.type === 'string' ? members : filter(members, some);
  const value = binder.expression(condition.Left, withRow(scope, input.columns));
  const left = converted(value, column.type);
  const items: Item[] = input.columns.map((from) => ({ column: from, expr: ref(from) }));
  const joined = join({ join: 'semi', left: input, right, on: [{ left, right: ref(column) }], unique: false, items });
  return { ...joined, order: [] };
}

function count(binder: Binder, node: Expression | null, scope: Scope): Expr {
  return converted(binder.expression(node, scope), 'long');
}

/** Sorts by expressions, each descending unless it says otherwise; nulls come last when descending, first when ascending. */
export function sorted(binder: Binder, by: readonly Expression[], input: Plan, scope: Scope): Plan {
  const row = withRow(scope, input.columns);
  const orderings = by.map((node) => {
    const ordering = isNode(node, 'OrderedExpression') ? node.Ordering : null;
    const descending = ordering?.AscOrDescKeyword?.Text !== 'asc';
    const nulls = ordering?.NullsClause?.FirstOrLastKeyword?.Text;
    const expr = binder.expression(isNode(node, 'OrderedExpression') ? node.Expression : node, row);
    return { expr, descending, nullsFirst: nulls === undefined || nulls === '' ? !descending : nulls === 'first' };
  });
  const lifted = liftWindows(
    binder,
    input,
    orderings.map((ordering) => ordering.expr),
  );
  const added: Item[] = [];
  const keys: OrderKey[] = orderings.map(({ descending, nullsFirst }, i) => {
    const expr = present(lifted.exprs[i]);
    if (expr.kind === 'column') return { column: expr.column, descending, nullsFirst };
    const column = binder.columns.make('key', expr.type);
    added.push({ column, expr });
    return { column, descending, nullsFirst };
  });
  if (added.length === 0) return sort(lifted.input, keys, input.columns);
  return sort(project(lifted.input, [...lifted.input.columns.map(keep), ...added]), keys, input.columns);
}

const DOTNET: Readonly<Record<string, string>> = {
  bool: 'System.SByte',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  string: 'System.String',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  guid: 'System.Guid',
  dynamic: 'System.Object',
};

function schemaOf(
  binder: Binder,
  input: Plan,
  output: readonly { readonly name: string; readonly type: 'string' | string }[],
): Plan {
  const columns = output.map(({ name, type }) => binder.columns.make(name, type === 'string' ? 'string' : 'long'));
  const rows = input.columns.map((column, i) =>
    output.map(({ name }) => {
      switch (name) {
        case 'ColumnName':
          return literal(column.name, 'string');
        case 'ColumnOrdinal':
          return literal(BigInt(i), 'long');
        case 'DataType':
          return literal(DOTNET[column.type] ?? '', 'string');
        default:
          return literal(column.type, 'string');
      }
    }),
  );
  return values(columns, rows, binder.columns.make('place', 'long'));
}
