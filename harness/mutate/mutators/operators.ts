/// <reference types="@kusto/language-service-next" />
import type { Element } from '../../check/tree.js';
import { isNode, typeOf } from '../../kql/syntax.js';
import type { Edit } from '../mutator.js';
import { replacing } from '../mutator.js';

/** The operator between two values, where a node compares them. */
export interface Comparison {
  /** As the language writes it, with single spaces. */
  readonly name: string;
  readonly token: Element;
  /** Whether it compares texts. */
  readonly texts: boolean;
}

export function comparisonOf(node: Element): Comparison | undefined {
  const compares =
    isNode(node, 'BinaryExpression') ||
    isNode(node, 'InExpression') ||
    isNode(node, 'HasAnyExpression') ||
    isNode(node, 'HasAllExpression') ||
    isNode(node, 'BetweenExpression');
  if (!compares || node.Operator === null) return undefined;
  const name = (node.Operator.Text ?? '').replace(/\s+/g, ' ');
  return { name, token: node.Operator, texts: typeOf(node.Left?.ResultType ?? null) === 'string' };
}

const OPPOSITES: ReadonlyMap<string, string> = new Map(
  [
    ['==', '!='],
    ['=~', '!~'],
    ...['in', 'in~', 'between', 'contains', 'contains_cs', 'has', 'has_cs', 'hasprefix', 'hassuffix'].map(negated),
    ...['startswith', 'startswith_cs', 'endswith', 'endswith_cs', 'hasprefix_cs', 'hassuffix_cs'].map(negated),
  ].flatMap(([a = '', b = '']) => [
    [a, b],
    [b, a],
  ]),
);

function negated(name: string): [string, string] {
  return [name, `!${name}`];
}

/** The operator that holds where a node's own does not; nothing where the language has none. */
export function opposite(node: Element): string | undefined {
  const comparison = comparisonOf(node);
  return comparison && OPPOSITES.get(comparison.name);
}

/** The change of an operator into each of those that stand beside it. */
export function otherOperators(node: Element, others: (comparison: Comparison) => readonly string[]): readonly Edit[] {
  const comparison = comparisonOf(node);
  if (comparison === undefined) return [];
  return others(comparison).map((other) => replacing(comparison.token, other, `makes ${other} of ${comparison.name}`));
}
