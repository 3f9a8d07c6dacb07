/// <reference types="@kusto/language-service-next" />
/** Tables by name, rows written in the query, and sources whose rows the test data gives. */
import { closest } from '../closest.js';
import { literal, outside as outsideRows, project, ref, table, values } from '../plan/make.js';
import type { Expr, Item, Plan } from '../plan/plan.js';
import { columnsOf, elements, isNode, type Node, present } from '../syntax.js';
import type { NamedType } from '../types.js';
import type { Binder } from './binder.js';
import { columnNamed, converted } from './build.js';
import { schemaColumns } from './literals.js';
import { Names, outside, type Scope } from './scope.js';
import { bodyScope } from './statements.js';
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
  if (binding?.kind === 'function') {
    const called = isNode(node, 'NameReference') ? node.GetCalledFunctionBody() : null;
    const body = isNode(called, 'FunctionBody') ? called : binding.view;
    if (body) {
      binder.called(node);
      const { scope: inner, result } = bodyScope(binder, body, new Names(binding.names), outside(scope.names));
      return binder.tabular(result, inner);
    }
  }
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
export function source(binder: Binder, node: Node, key: string, columns: readonly NamedType[], what: string): Plan {
  const given = binder.sources.names.sources?.get(key);
  const declared = new Set(columns.map((column) => column.name));
  const made = [...columns, ...(given?.schema ?? []).filter((column) => !declared.has(column.name))].map((column) =>
    binder.column(column),
  );
  if (!given) {
    if (binder.sources.missing === 'empty') return values(made, [], binder.columns.make('place', 'long'));
    return binder.refuse(
      node,
      'missing-source',
      `${what} has no rows here: give them as the source '${key}' in the test data, or ask for empty sources.`,
    );
  }
  const held = given.schema.map((column) => binder.column(column));
  const from = outsideRows(key, given, held);
  const items = made.map((column): Item => {
    const has = columnNamed(held, column.name);
    return { column, expr: has ? converted(ref(has), column.type) : literal(null, column.type) };
  });
  return project(from, items);
}
