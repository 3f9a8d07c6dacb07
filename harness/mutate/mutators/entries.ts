/// <reference types="@kusto/language-service-next" />
import type { Element, Expression } from '../../check/tree.js';
import { descendants } from '../../check/tree.js';
import { elements, isNode, typeOf } from '../../kql/syntax.js';
import { comparisonOf } from './operators.js';

/** The literals of a list, where a node is one. */
export interface EntryList {
  readonly entries: readonly Expression[];
  /** What stands for the list without entries. */
  readonly empty: string;
}

/** The list that a node is: what stands between the brackets of `dynamic([…])`, or behind `in` and its kin. */
export function entryList(node: Element): EntryList | undefined {
  if (isNode(node, 'JsonArrayExpression')) return listOf(elements(node.Values), '');
  if (isNode(node, 'InExpression') || isNode(node, 'HasAnyExpression') || isNode(node, 'HasAllExpression')) {
    // The language has no empty list between parentheses, but an empty array there means the same.
    return isNode(node.Right, 'ExpressionList') ? listOf(elements(node.Right.Expressions), 'dynamic([])') : undefined;
  }
  return undefined;
}

function listOf(entries: readonly Expression[], empty: string): EntryList | undefined {
  return entries.length > 0 && entries.every(isLiteral) ? { entries, empty } : undefined;
}

function isLiteral(node: Expression): boolean {
  return isNode(node, 'LiteralExpression') || isNode(node, 'CompoundStringLiteralExpression');
}

export function isText(node: Expression): boolean {
  return typeOf(node.ResultType) === 'string' || typeof node.LiteralValue === 'string';
}

/** The operators that a list is used with, where it stands or by the name that a `let` gives it. */
export function usesOf(list: Element): readonly string[] {
  const own = comparisonOf(list);
  if (own !== undefined) return [own.name];
  let around: Element = list;
  while (around.Parent !== null && !isNode(around, 'LetStatement')) {
    const comparison = comparisonOf(around);
    if (comparison !== undefined) return [comparison.name];
    around = around.Parent;
  }
  if (!isNode(around, 'LetStatement')) return [];
  const name = around.Name?.SimpleName ?? '';
  return [...descendants(rootOf(around))].flatMap((node) => {
    const comparison = comparisonOf(node);
    if (comparison === undefined || !('Right' in node)) return [];
    const right = node.Right as Element | null;
    const named =
      right !== null &&
      [...descendants(right)].some((part) => isNode(part, 'NameReference') && part.SimpleName === name);
    return named ? [comparison.name] : [];
  });
}

function rootOf(node: Element): Element {
  return node.Parent === null ? node : rootOf(node.Parent);
}
