/// <reference types="@kusto/language-service-next" />
/** Where rows come from: tables, rows written in the query, and what the product or the test data provides. */
import { closest } from '../../closest.js';
import { join, keep, literal, native, project, range, ref, table, values } from '../../plan/make.js';
import type { Column, Expr, Item, Plan } from '../../plan/plan.js';
import { columnsOf, elements, isNode, type Node, present } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import { calledBody } from '../calls.js';
import { columnNamed, converted } from '../expressions.js';
import { bindItems } from '../items.js';
import { schemaColumns } from '../literals.js';
import { outside, type Scope } from '../scope.js';
import { sourceTable } from '../sources.js';
import { tabularUses } from '../statements.js';
import { computed } from './columns.js';
import { type Operator, operator } from './operator.js';

export const sourceOperators: readonly Operator[] = [
  operator('print', 'PrintOperator', (binder, node, _input, scope) => {
    const one = values([], [[]], binder.columns.make('place', 'long'));
    const entries = bindItems(binder, node.Expressions, scope);
    return computed(binder, one, entries, columnsOf(node.ResultType));
  }),
  operator('range', 'RangeOperator', (binder, node, _input, scope) => {
    const [output] = columnsOf(node.ResultType);
    const column = binder.column(present(output));
    const bound = (expr: typeof node.From): Expr => binder.expression(expr, scope);
    return range(
      column,
      converted(bound(node.From), column.type),
      converted(bound(node.To), column.type),
      stepOf(bound(node.Step), column),
    );
  }),
  operator('invoke', 'InvokeOperator', (binder, node, input, scope) => {
    const call = present(node.Function);
    if (!isNode(call, 'FunctionCallExpression'))
      return binder.refuse(call, 'unsupported-argument', 'invoke takes a call of a function.');
    if (call.GetCalledFunctionBody() === null) return enriched(binder, call, input);
    const given = { kind: 'table', plan: tabularUses(binder, () => input) } as const;
    const { scope: inner, result } = calledBody(binder, call, outside(scope.names), [given]);
    return binder.tabular(result, inner);
  }),
  operator('externaldata', 'ExternalDataExpression', (binder, node) => {
    const uris = elements(node.URIs).map((uri) => String(uri.ConstantValue ?? uri.LiteralValue ?? ''));
    return source(binder, node, `externaldata:${uris.join(',')}`, schemaColumns(node.Schema), 'externaldata');
  }),
];

function stepOf(step: Expr, column: Column): Expr {
  return column.type === 'datetime' ? step : converted(step, column.type);
}

export function dataTable(binder: Binder, node: Kusto.Language.Syntax.DataTableExpression, scope: Scope): Plan {
  const columns = schemaColumns(node.Schema).map((named) => binder.column(named));
  const cells = elements(node.Values).map((cell, i) => {
    const column = columns[i % Math.max(columns.length, 1)];
    return converted(binder.expression(cell, outside(scope.names)), present(column).type);
  });
  const rows: Expr[][] = [];
  for (let i = 0; i < cells.length; i += columns.length) rows.push(cells.slice(i, i + columns.length));
  return values(columns, rows, binder.columns.make('place', 'long'));
}

/** A table by its name: one that the query declares, or one of the environment. */
export function namedTable(binder: Binder, node: Node, scope: Scope, written?: string): Plan {
  const name = written ?? (isNode(node, 'NameReference') ? (node.SimpleName ?? '') : '');
  const binding = scope.names.find(name);
  if (binding?.kind === 'table') return binding.plan();
  const schema = binder.sources.names.tables.get(name);
  if (schema) {
    return table(
      name,
      schema.map((column) => binder.column(column)),
    );
  }
  const symbol = isNode(node, 'NameReference') ? node.ReferencedSymbol : null;
  if (binder.sources.names.functions.has(name))
    return source(
      binder,
      node,
      name,
      columnsOf(symbol ? (node as Kusto.Language.Syntax.NameReference).ResultType : null),
      `${name}()`,
    );
  const near = closest(name, binder.sources.names.tables.keys());
  return binder.refuse(node, 'unknown-table', `There is no table '${name}' here.`, near);
}

/** A table that a function of the product gives: its rows are those of the test data. */
export function providedTable(binder: Binder, node: Kusto.Language.Syntax.FunctionCallExpression, _scope: Scope): Plan {
  const name = present(node.Name).SimpleName ?? '';
  if (!binder.sources.names.functions.has(name)) {
    const near = closest(name, binder.sources.names.functions.keys());
    return binder.refuse(
      node,
      'unsupported-function',
      `There is no function '${name}()' that gives a table here.`,
      near,
    );
  }
  const [first] = elements(node.ArgumentList?.Expressions ?? null);
  const argument = name === '_GetWatchlist' && first ? `:${String(first.ConstantValue ?? '')}` : '';
  return source(binder, node, `${name}${argument}`, columnsOf(node.ResultType), `${name}()`);
}

/** The rows that the test data gives for a source; none where it gives none and the caller asked for empty sources. */
function source(binder: Binder, node: Node, key: string, columns: readonly NamedType[], what: string): Plan {
  const given = binder.sources.given.get(key);
  const declared = new Set(columns.map((column) => column.name));
  const made = [...columns, ...(given ?? []).filter((column) => !declared.has(column.name))].map((column) =>
    binder.column(column),
  );
  if (!given) {
    if (binder.sources.missing === 'empty') return values(made, [], binder.columns.make('place', 'long'));
    return binder.refuse(
      node,
      'missing-source',
      `${what} has no rows here: give them as the source '${key}' in the test data.`,
      '--missing-sources empty',
    );
  }
  binder.sources.use(key);
  const held = given.map((column) => binder.column(column));
  const from = table(sourceTable(key), held);
  const items = made.map((column): Item => {
    const has = columnNamed(held, column.name);
    return { column, expr: has ? converted(ref(has), column.type) : literal(null, column.type) };
  });
  return project(from, items);
}

/** `invoke FileProfile(SHA1)`: the columns that the product looks up, joined by the column that the call names. */
function enriched(binder: Binder, node: Kusto.Language.Syntax.FunctionCallExpression, input: Plan): Plan {
  const name = present(node.Name).SimpleName ?? '';
  const signature = binder.sources.names.functions.get(name);
  if (!signature?.adds)
    return binder.refuse(node, 'unsupported-function', `There is no function '${name}()' to invoke here.`);
  const addedNames = new Set(signature.adds.map((column) => column.name));
  const kept = input.columns.filter((column) => !addedNames.has(column.name));
  const written = elements(node.ArgumentList?.Expressions ?? null)[0] ?? null;
  const keyName = isNode(written, 'NameReference')
    ? (written.SimpleName ?? '')
    : written
      ? String(written.ConstantValue ?? '')
      : 'SHA1';
  const rows = source(binder, node, name, signature.adds, `${name}()`);
  const left = columnNamed(input.columns, keyName);
  const right = columnNamed(rows.columns, keyName) ?? columnNamed(rows.columns, 'SHA1');
  if (rows.kind === 'values' || !left || !right) {
    if (rows.kind !== 'values')
      binder.refuse(node, 'unsupported-argument', `${name}() has no column '${keyName}' to look up by.`);
    return project(input, [
      ...kept.map(keep),
      ...rows.columns.map((column) => ({ column, expr: literal(null, column.type) })),
    ]);
  }
  const items: Item[] = [
    ...kept.map((column) => ({ column: binder.columns.like(column), expr: ref(column) })),
    ...rows.columns.map((column) => ({ column: binder.columns.like(column), expr: orNone(ref(column)) })),
  ];
  return join({
    join: 'left',
    left: input,
    right: rows,
    on: [{ left: ref(left), right: ref(right) }],
    unique: false,
    items,
  });
}

/** The value of a column of the side that may lack a partner: a string is then empty. */
export function orNone(expr: Expr): Expr {
  return expr.type === 'string' ? native('string', [expr], ([arg]) => `coalesce(${arg?.sql}, '')`) : expr;
}
