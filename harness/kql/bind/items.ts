/// <reference types="@kusto/language-service-next" />
/** Lists of named expressions, as `project`, `extend`, `print` and `summarize … by` take them. */

import { element } from '../functions/path.js';
import type { Arg } from '../functions/registry.js';
import { literal, native } from '../plan/make.js';
import type { Expr } from '../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, kindOf, present } from '../syntax.js';
import type { NamedType } from '../types.js';
import type { Binder } from './binder.js';
import { converted } from './build.js';
import type { Scope } from './scope.js';

export interface NamedExpr {
  /** The name written, or that of a column named on its own; undefined where the language makes one up. */
  readonly name: string | undefined;
  readonly expr: Expr;
}

type List = Kusto.Language.Syntax.SyntaxList$1<Kusto.Language.Syntax.SeparatedElement$1<Expression>> | null;

/** Binds a list of expressions; one that gives several columns gives as many entries. */
export function bindItems(binder: Binder, list: List, scope: Scope): NamedExpr[] {
  return elements(list).flatMap((node) => bindItem(binder, node, scope));
}

export function bindItem(binder: Binder, node: Expression, scope: Scope): NamedExpr[] {
  if (isNode(node, 'CompoundNamedExpression')) {
    const names = elements(present(node.Names).Names).map((name) => name.SimpleName ?? '');
    const parts = tupleParts(binder, present(node.Expression), scope);
    return parts.slice(0, Math.max(names.length, 1)).map((expr, i) => ({ name: names[i], expr }));
  }
  if (isNode(node, 'SimpleNamedExpression')) {
    const [expr] = tupleParts(binder, present(node.Expression), scope);
    return [{ name: present(node.Name).SimpleName ?? '', expr: present(expr) }];
  }
  if (isTuple(node)) return tupleParts(binder, node, scope).map((expr) => ({ name: undefined, expr }));
  const name = isNode(node, 'NameReference') ? (node.SimpleName ?? undefined) : undefined;
  return [{ name, expr: binder.expression(node, scope) }];
}

function isTuple(node: Expression): boolean {
  return node.ResultType !== null && kindOf(node.ResultType) === 'TupleSymbol';
}

/** The values of an expression that gives several; a function that does so gives them as one array. */
function tupleParts(binder: Binder, node: Expression, scope: Scope): Expr[] {
  const whole = binder.expression(node, scope);
  if (!isTuple(node)) return [whole];
  return columnsOf(node.ResultType).map(({ type }, i) =>
    converted(
      native('dynamic', [whole, literal(BigInt(i), 'long')], ([of, at], context) =>
        element(of as Arg, at as Arg, context),
      ),
      type,
    ),
  );
}

/** Names for the entries of an output that the parser's binder has named: those left unnamed take what is over, in order. */
export function nameItems(
  entries: readonly NamedExpr[],
  output: readonly NamedType[],
  taken: ReadonlySet<string>,
): { readonly name: string; readonly expr: Expr }[] {
  const written = new Set(entries.map((entry) => entry.name));
  const madeUp = output.filter((column) => !taken.has(column.name) && !written.has(column.name));
  let next = 0;
  return entries.map(({ name, expr }) => ({ name: name ?? madeUp[next++]?.name ?? `Column${next}`, expr }));
}
