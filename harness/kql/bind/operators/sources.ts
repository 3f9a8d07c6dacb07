import { join, keep, literal, project, range, ref, values } from '../../plan/make.js';
import type { Column, Expr, Item, Plan } from '../../plan/plan.js';
import { columnsOf, elements, isNode, present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { columnNamed, converted, orNone } from '../build.js';
import { calledBody } from '../declared.js';
import { bindItems } from '../items.js';
import { schemaColumns } from '../literals.js';
import { outside } from '../scope.js';
import { tabularUses } from '../statements.js';
import { source } from '../tables.js';
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
      ...rows.columns.map((column) => ({
        column,
        expr: left && isKey(column, left) ? ref(left) : literal(null, column.type),
      })),
    ]);
  }
  const items: Item[] = [
    ...kept.map((column) => ({ column: binder.columns.like(column), expr: ref(column) })),
    ...rows.columns.map((column) => ({
      column: binder.columns.like(column),
      expr: isKey(column, left) ? ref(left) : orNone(ref(column)),
    })),
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

/** Whether an added column is the one looked up by: it keeps its value where nothing is found. */
function isKey(added: Column, key: Column): boolean {
  return added.name === key.name && added.type === key.type;
}
