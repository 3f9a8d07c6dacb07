/// <reference types="@kusto/language-service-next" />
/** `declare pattern`: queries chosen by constant texts, as `name("a").["b"]`. */
import type { Plan } from '../plan/plan.js';
import { type Expression, elements, isNode, items, type Nodes, present } from '../syntax.js';
import type { Binder } from './binder.js';
import { callArguments } from './declared.js';
import { Names, type Scope } from './scope.js';
import { bodyScope, tabularUses } from './statements.js';

/** Adds a pattern to the names in scope; one without a mapping has nothing to choose from. */
export function declarePattern(binder: Binder, node: Nodes['PatternStatement'], scope: Scope): void {
  const uses = new Map<string, () => Plan>();
  for (const match of items(node.Pattern?.Patterns ?? null) as Nodes['PatternMatch'][]) {
    const values = elements(present(match.ParameterValues).Expressions).map((value) => constant(binder, value));
    const path = match.PathValue ? constant(binder, present(match.PathValue.Value)) : null;
    const bind = (): Plan => {
      const { scope: inner, result } = bodyScope(binder, present(match.Body), new Names(scope.names), scope);
      return binder.tabular(result, inner);
    };
    const key = keyOf(values, path);
    if (!uses.has(key)) uses.set(key, tabularUses(binder, bind));
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
  const values = callArguments(call).map((argument) => constant(binder, argument));
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
