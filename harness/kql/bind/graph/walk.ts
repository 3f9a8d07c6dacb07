/// <reference types="@kusto/language-service-next" />
import { isNode, type Node } from '../../syntax.js';

export type Call = Kusto.Language.Syntax.FunctionCallExpression;
export type NameReference = Kusto.Language.Syntax.NameReference;

/** The name of the function that a call calls. */
export function nameOf(call: Call): string {
  return call.Name?.SimpleName ?? '';
}

/** A node and all below it. */
export function descendants(node: Node): Node[] {
  const found: Node[] = [node];
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child !== null && child !== undefined && 'GetChild' in child && !child.IsToken)
      found.push(...descendants(child as Node));
  }
  return found;
}

/** All calls in a node. */
export function callsIn(node: Node): Call[] {
  return descendants(node).filter((found): found is Call => isNode(found, 'FunctionCallExpression'));
}

/** All names in a node. */
export function namesIn(node: Node): ReadonlySet<string> {
  return new Set(
    descendants(node).flatMap((found) => (isNode(found, 'NameReference') ? [found.SimpleName ?? ''] : [])),
  );
}
