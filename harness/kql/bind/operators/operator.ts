/// <reference types="@kusto/language-service-next" />
import type { Plan } from '../../plan/plan.js';
import type { Node } from '../../syntax.js';
import type { Binder } from '../binder.js';
import type { Scope } from '../scope.js';

/** How an operator of the language becomes plan nodes. */
export interface Operator {
  /** As written in a query. */
  readonly name: string;
  /** Short name of the parser's class for it. */
  readonly node: string;
  bind(binder: Binder, node: Node, input: Plan, scope: Scope): Plan;
}

/** Defines an operator whose node is of a class of the parser. */
export function operator<K extends keyof typeof Kusto.Language.Syntax & string>(
  name: string,
  node: K,
  bind: (binder: Binder, node: SyntaxNodeOf<K>, input: Plan, scope: Scope) => Plan,
): Operator {
  return { name, node, bind: (binder, syntax, input, scope) => bind(binder, syntax as SyntaxNodeOf<K>, input, scope) };
}

type SyntaxNodeOf<K extends keyof typeof Kusto.Language.Syntax> = (typeof Kusto.Language.Syntax)[K] extends {
  prototype: infer N;
}
  ? N & Node
  : never;
