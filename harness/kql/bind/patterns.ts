/// <reference types="@kusto/language-service-next" />
/** `declare pattern`: queries chosen by constant texts, as `name("a").["b"]`. */
import type { Plan } from '../plan/plan.js';
import { type Expression, elements, isNode, items, type Nodes, present } from '../syntax.js';
import type { Binder } from './binder.js';
import type { Scope } from './scope.js';

/**
 * Adds a pattern to the names in scope; one without a mapping has nothing to choose from.
 *
 * @param usesOf makes the uses of a body
 */
export function declarePattern(
  binder: Binder,
  node: Nodes['PatternStatement'],
  scope: Scope,
  usesOf: (body: Nodes['FunctionBody']) => () => Plan,
): void {
  const uses = new Map<string, () => Plan>();
  for (const match of items(node.Pattern?.Patterns ?? null) as Nodes['PatternMatch'][]) {
    const values = elements(present(match.ParameterValues).Expressions).map((value) => constant(binder, value));
    const path = match.PathValue ? constant(binder, present(match.PathValue.Value)) : null;
    const key = keyOf(values, path);
    if (!uses.has(key)) uses.set(key, usesOf(present(match.Body)));
  }
  scope.names.add(present(node.Name).SimpleName ?? '', { kind: 'pattern', uses });
}

/** The query that a use of a pattern chooses; undefined where the expression is no use of a pattern. */
export function patternUse(binder: Binder, node: Expression, scope: Scope): Plan | undefined {
  const call = isNode(node, 'PathExpression') ? node.Expression : node;
  if (!isNode(call, 'FunctionCallExpression')) return undefined;
  const name = present(call.Name).SimpleName ?? '';
  const pattern = scope.names.find(name);
  if (pattern?.kind !== 'pattern') return undefined;
  const path = isNode(node, 'PathExpression') ? selected(binder, present(node.Selector)) : null;
  const values = elements(call.ArgumentList?.Expressions ?? null).map((argument) => constant(binder, argument));
  const use = pattern.uses.get(keyOf(values, path));
  if (use) return use();
  const written = `${name}('${values.join("', '")}')${path === null ? '' : `.['${path}']`}`;
  return binder.refuse(node, 'unknown-table', `The pattern '${name}' gives no query for ${written}.`);
}

function selected(binder: Binder, selector: Expression): string {
  if (isNode(selector, 'NameReference')) return selector.SimpleName ?? '';
  if (isNode(selector, 'BracketedExpression')) return constant(binder, present(selector.Expression));
  return constant(binder, selector);
}

function constant(binder: Binder, node: Expression): string {
  const value: unknown = node.ConstantValue ?? node.LiteralValue;
  if (typeof value === 'string') return value;
  return binder.refuse(node, 'unsupported-argument', 'A pattern is chosen by constant texts.');
}

function keyOf(values: readonly string[], path: string | null): string {
  return JSON.stringify([values, path]);
}
