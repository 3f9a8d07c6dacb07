/// <reference types="@kusto/language-service-next" />
/** Operators that make, rename, drop or reorder columns. */
import { keep, project, ref } from '../../plan/make.js';
import type { Item, Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, present } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import { columnNamed } from '../build.js';
import { bindItems, type NamedExpr, nameItems } from '../items.js';
import { type Scope, withRow } from '../scope.js';
import { liftWindows, serialized } from '../windows.js';
import { type Operator, operator } from './operator.js';

export const columnOperators: readonly Operator[] = [
  operator('project', 'ProjectOperator', (binder, node, input, scope) => {
    const entries = bindItems(binder, node.Expressions, withRow(scope, input.columns));
    return computed(binder, input, entries, columnsOf(node.ResultType));
  }),
  operator('extend', 'ExtendOperator', (binder, node, input, scope) =>
    extended(binder, node.Expressions, input, scope, columnsOf(node.ResultType)),
  ),
  operator('serialize', 'SerializeOperator', (binder, node, input, scope) =>
    extended(binder, node.Expressions, serialized(binder, input), scope, columnsOf(node.ResultType)),
  ),
  operator('project-away', 'ProjectAwayOperator', (_binder, node, input) => picked(input, columnsOf(node.ResultType))),
  operator('project-keep', 'ProjectKeepOperator', (_binder, node, input) => picked(input, columnsOf(node.ResultType))),
  operator('project-reorder', 'ProjectReorderOperator', (_binder, node, input) =>
    picked(input, columnsOf(node.ResultType)),
  ),
  operator('project-rename', 'ProjectRenameOperator', (binder, node, input) => {
    const renamed = new Map(
      elements(node.Expressions).flatMap((entry) => {
        if (!isNode(entry, 'SimpleNamedExpression') || !isNode(entry.Expression, 'NameReference')) return [];
        return [[entry.Expression.SimpleName ?? '', entry.Name?.SimpleName ?? ''] as const];
      }),
    );
    const items = input.columns.map((column): Item => {
      const name = renamed.get(column.name);
      return name === undefined ? keep(column) : { column: binder.columns.make(name, column.type), expr: ref(column) };
    });
    return project(input, items);
  }),
];

/** The entries as the output's columns, one for one. */
export function computed(
  binder: Binder,
  input: Plan,
  entries: readonly NamedExpr[],
  output: readonly NamedType[],
): Plan {
  const lifted = liftWindows(
    binder,
    input,
    entries.map((entry) => entry.expr),
  );
  const items = lifted.exprs.map((expr, i): Item => {
    const named = output[i] ?? { name: entries[i]?.name ?? `Column${i + 1}`, type: expr.type };
    return { column: binder.columns.make(named.name, expr.type), expr };
  });
  return project(lifted.input, items);
}

type List = Kusto.Language.Syntax.SyntaxList$1<Kusto.Language.Syntax.SeparatedElement$1<Expression>> | null;

/** The input's columns with the entries in their places where they bear their names, else at the end. */
function extended(binder: Binder, list: List, input: Plan, scope: Scope, output: readonly NamedType[]): Plan {
  const entries = bindItems(binder, list, withRow(scope, input.columns));
  return extendedBy(binder, input, nameItems(entries, output, new Set(input.columns.map((column) => column.name))));
}

export function extendedBy(binder: Binder, input: Plan, entries: readonly NamedExpr[]): Plan {
  const lifted = liftWindows(
    binder,
    input,
    entries.map((entry) => entry.expr),
  );
  const made = new Map<string, Item>();
  entries.forEach((entry, i) => {
    const expr = present(lifted.exprs[i]);
    const name = present(entry.name);
    made.set(name, { column: binder.columns.make(name, expr.type), expr });
  });
  const items = input.columns.map((column) => {
    const replaced = made.get(column.name);
    made.delete(column.name);
    return replaced ?? keep(column);
  });
  return project(lifted.input, [...items, ...made.values()]);
}

/** The input's columns that the output names, in the output's order. */
function picked(input: Plan, output: readonly NamedType[]): Plan {
  return project(
    input,
    output.map(({ name }) => keep(present(columnNamed(input.columns, name)))),
  );
}
