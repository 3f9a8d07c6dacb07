/// <reference types="@kusto/language-service-next" />
/** Calls: of functions of the language, of functions that the query declares, and of those that need the row. */
import { aggregates } from '../aggregates/index.js';
import { closest } from '../closest.js';
import { scalarFunctions } from '../functions/index.js';
import { bagOf } from '../functions/pack.js';
import type { Arg } from '../functions/registry.js';
import { literal, native, ref } from '../plan/make.js';
import type { Expr } from '../plan/plan.js';
import { type Expression, elements, isNode, items, present, typeOf } from '../syntax.js';
import type { Binder } from './binder.js';
import { call, columnNamed, converted } from './expressions.js';
import { type Binding, Names, type Scope } from './scope.js';
import { bodyScope, tabularUses } from './statements.js';
import { isTabular } from './tabular.js';
import { windowFunctions } from './windows.js';

type CallNode = Kusto.Language.Syntax.FunctionCallExpression;

export function bindCall(binder: Binder, node: CallNode, scope: Scope): Expr {
  const name = present(node.Name).SimpleName ?? '';
  if (node.GetCalledFunctionBody() !== null) {
    const { scope: inner, result } = calledBody(binder, node, scope, []);
    return binder.expression(result, inner);
  }
  const special = specialForms.get(name);
  if (special) return special(binder, node, scope);
  const window = windowFunctions.get(name);
  if (window) {
    const type = typeOf(node.ResultType) ?? 'dynamic';
    return window.bind(
      callArguments(node).map((arg) => binder.expression(arg, scope)),
      type,
    );
  }
  if (scope.aggregate && aggregates.has(name)) return scope.aggregate(node, scope);
  const fn = scalarFunctions.get(name);
  if (!fn) {
    const near = closest(name, scalarFunctions.keys());
    binder.refuse(
      node,
      'unsupported-function',
      `The function '${name}()' is not supported.`,
      near && near !== name ? undefined : near,
    );
  }
  return call(
    binder,
    node,
    fn,
    callArguments(node).map((arg) => binder.expression(arg, scope)),
  );
}

export function callArguments(node: CallNode): Expression[] {
  return elements(node.ArgumentList?.Expressions ?? null);
}

/**
 * The body of a called function and the scope of its names.
 *
 * @param given arguments that come before those written, as `invoke` gives its input
 */
export function calledBody(
  binder: Binder,
  node: CallNode,
  scope: Scope,
  given: readonly Binding[],
): { readonly scope: Scope; readonly result: Expression } {
  const name = present(node.Name).SimpleName ?? '';
  const declared = scope.names.find(name);
  const names = new Names(declared?.kind === 'function' ? declared.names : scope.names);
  const symbol = node.ReferencedSymbol as Kusto.Language.Symbols.FunctionSymbol | null;
  const parameters = items(items(symbol?.Signatures ?? null)[0]?.Parameters ?? null);
  const positional: Expression[] = [];
  const named = new Map<string, Expression>();
  for (const argument of callArguments(node)) {
    if (isNode(argument, 'SimpleNamedExpression'))
      named.set(present(argument.Name).SimpleName ?? '', present(argument.Expression));
    else positional.push(argument);
  }
  parameters.forEach((parameter, i) => {
    const parameterName = parameter.Name ?? '';
    const before = given[i];
    if (before) {
      names.add(parameterName, before);
      return;
    }
    const argument = named.get(parameterName) ?? positional[i - given.length] ?? parameter.DefaultValue;
    if (!argument)
      binder.refuse(node, 'unsupported-argument', `The argument '${parameterName}' of ${name}() is missing.`);
    const type = items(parameter.DeclaredTypes)[0] ?? null;
    names.add(parameterName, argumentBinding(binder, argument, typeOf(type), scope));
  });
  const body = node.GetCalledFunctionBody();
  if (!isNode(body, 'FunctionBody'))
    return binder.refuse(node, 'unsupported-function', `The function '${name}()' has no body that can be read.`);
  return bodyScope(binder, body, names, scope);
}

function argumentBinding(binder: Binder, argument: Expression, type: ReturnType<typeof typeOf>, scope: Scope): Binding {
  if (isTabular(argument)) return { kind: 'table', plan: tabularUses(binder, () => binder.tabular(argument, scope)) };
  if (isNode(argument, 'NameReference')) {
    const passed = scope.names.find(argument.SimpleName ?? '');
    if (passed?.kind === 'table' || passed?.kind === 'function') return passed;
  }
  let bound: Expr | undefined;
  return {
    kind: 'scalar',
    expr: () => {
      bound ??= type ? converted(binder.expression(argument, scope), type) : binder.expression(argument, scope);
      return bound;
    },
  };
}

type SpecialForm = (binder: Binder, node: CallNode, scope: Scope) => Expr;

/** Functions whose meaning depends on the row or on the text of their arguments. */
const specialForms: ReadonlyMap<string, SpecialForm> = new Map<string, SpecialForm>([
  ['column_ifexists', columnIfExists],
  ['columnifexists', columnIfExists],
  ['pack_all', packAll],
  ['bag_pack_columns', packColumns],
  ['ingestion_time', ingestionTime],
  ['materialize', (binder, node, scope) => binder.expression(callArguments(node)[0] ?? null, scope)],
]);

/** Names of the special forms, for the support matrix. */
export const specialFormNames: readonly string[] = [...specialForms.keys()];

function columnIfExists(binder: Binder, node: CallNode, scope: Scope): Expr {
  const [nameArgument, otherwise] = callArguments(node);
  const name = nameArgument ? binder.expression(nameArgument, scope) : null;
  if (name?.kind !== 'literal' || typeof name.value !== 'string') {
    return binder.refuse(
      node,
      'unsupported-argument',
      'The column name of column_ifexists() must be a constant string.',
    );
  }
  const column = columnNamed(scope.row, name.value);
  return column ? ref(column, binder.span(node)) : binder.expression(otherwise ?? null, scope);
}

function packAll(binder: Binder, node: CallNode, scope: Scope): Expr {
  const [ignoring] = callArguments(node);
  const skip = ignoring ? binder.expression(ignoring, scope) : literal(false, 'bool');
  if (skip.kind !== 'literal')
    return binder.refuse(node, 'unsupported-argument', 'The argument of pack_all() must be a constant.');
  const names = scope.row.map((column) => column.name);
  return native(
    'dynamic',
    scope.row.map((column) => ref(column)),
    (args, context) =>
      bagOf(
        names.map((key, i) => ({ key, value: args[i] as Arg })),
        context,
        skip.value === true,
      ),
  );
}

function packColumns(binder: Binder, node: CallNode, scope: Scope): Expr {
  const exprs = callArguments(node).map((arg) => binder.expression(arg, scope));
  const keys = exprs.map((expr) => {
    if (expr.kind !== 'column')
      return binder.refuse(node, 'unsupported-argument', 'bag_pack_columns() takes columns only.');
    return expr.column.name;
  });
  return native('dynamic', exprs, (args, context) =>
    bagOf(
      keys.map((key, i) => ({ key, value: args[i] as Arg })),
      context,
    ),
  );
}

/** Events are taken to be ingested at the time that they carry: what the row says is all that is known. */
function ingestionTime(binder: Binder, node: CallNode, scope: Scope): Expr {
  const column = columnNamed(scope.row, 'TimeGenerated') ?? columnNamed(scope.row, 'Timestamp');
  if (column?.type === 'datetime') return ref(column, binder.span(node));
  return binder.refuse(node, 'unsupported-function', 'ingestion_time() needs a row with TimeGenerated or Timestamp.');
}
