/// <reference types="@kusto/language-service-next" />
/** Calls of functions that the query declares. */
import type { Expr } from '../plan/plan.js';
import { type Expression, elements, isNode, items, present, typeOf } from '../syntax.js';
import type { Binder } from './binder.js';
import { converted, isTabular } from './build.js';
import { type Binding, Names, type Scope } from './scope.js';
import { bodyScope, tabularUses } from './statements.js';

type CallNode = Kusto.Language.Syntax.FunctionCallExpression;

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
  binder.called(node);
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
