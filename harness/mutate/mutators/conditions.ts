/// <reference types="@kusto/language-service-next" />
import type { Element, Expression } from '../../check/tree.js';
import { isNode } from '../../kql/syntax.js';

/** `and` or `or`, where a node joins two conditions by it. */
export function logicOf(node: Element | null): 'and' | 'or' | undefined {
  if (!isNode(node, 'BinaryExpression')) return undefined;
  const word = node.Operator?.Text;
  return word === 'and' || word === 'or' ? word : undefined;
}

/** The conditions that a node takes together as its parts; a condition in parentheses is the one within. */
export function conditionsOf(node: Element): readonly Expression[] {
  if (isNode(node, 'FilterOperator')) return node.Condition === null ? [] : [node.Condition];
  if (logicOf(node) === undefined || !isNode(node, 'BinaryExpression')) return [];
  return [node.Left, node.Right].filter((side): side is Expression => side !== null);
}

/** A condition without the parentheses around it. */
export function bare(node: Expression): Expression {
  return isNode(node, 'ParenthesizedExpression') && node.Expression !== null ? bare(node.Expression) : node;
}
