/**
 * Where a rule compares text with literals: `in`, `has_any` and their kin with their lists, and the same operator
 * repeated over one column with `or` (negated: with `and`), which is a list in other words.
 */
import { type BoundText, elements, isNode } from '../kql/syntax.js';
import type { Stretch } from './finding.js';
import { descendants, type Element, type Expression, stretch, textOf } from './tree.js';

export interface Entry extends Stretch {
  readonly value: string;
}

export interface Comparison {
  /** The operator without its negation: `has_any`, `in~`, `contains`, `==`. */
  readonly operator: string;
  readonly negated: boolean;
  readonly left: Expression;
  readonly entries: readonly Entry[];
  /** The variable that holds the list, when it is compared nowhere else. */
  readonly variable?: string;
}

/** Every comparison of text with literals. A list in a variable comes once for each place that compares with it. */
export function comparisonsOf(bound: BoundText): readonly Comparison[] {
  const lists = listVariables(bound);
  const found: Comparison[] = [];
  const chained = new Set<Element>();
  for (const element of descendants(bound.block)) {
    if (isNode(element, 'InExpression') || isNode(element, 'HasAnyExpression') || isNode(element, 'HasAllExpression')) {
      const comparison = listComparison(element, lists);
      if (comparison) found.push(comparison);
    } else if (isNode(element, 'BinaryExpression') && !chained.has(element)) {
      found.push(...chainOf(element, bound, chained));
    }
  }
  return found;
}

/** The variables that hold a literal list of strings. */
function listVariables(bound: BoundText): ReadonlyMap<string, readonly Entry[]> {
  const found = new Map<string, readonly Entry[]>();
  for (const element of descendants(bound.block)) {
    if (!isNode(element, 'LetStatement')) continue;
    const { Expression: value } = element;
    if (!isNode(value, 'DynamicExpression') || !isNode(value.Expression, 'JsonArrayExpression')) continue;
    const entries = entriesOf(elements(value.Expression.Values));
    if (entries !== undefined) found.set(element.Name?.SimpleName ?? '', entries);
  }
  return found;
}

/** How often a variable is read. */
export function readsOf(bound: BoundText, variable: string): number {
  let reads = 0;
  for (const element of descendants(bound.block)) {
    if (isNode(element, 'NameReference') && element.SimpleName === variable) reads++;
  }
  return reads;
}

type ListExpression = { Left: Expression | null; Operator: Element | null; Right: Element | null };

function listComparison(element: ListExpression, lists: ReadonlyMap<string, readonly Entry[]>): Comparison | undefined {
  const { Left: left, Operator: operator, Right: right } = element;
  if (left === null || operator === null || !isNode(right, 'ExpressionList')) return undefined;
  const written = elements(right.Expressions);
  const [only] = written;
  const common = { ...named(wordOf(operator)), left };
  if (only !== undefined && written.length === 1 && isNode(only, 'NameReference')) {
    const variable = only.SimpleName ?? '';
    const entries = lists.get(variable);
    return entries && { ...common, entries, variable };
  }
  const entries = entriesOf(written);
  return entries && { ...common, entries };
}

/** The comparisons of one chain of `or` or `and`, those of one operator and column together. */
function chainOf(top: Kusto.Language.Syntax.BinaryExpression, bound: BoundText, chained: Set<Element>): Comparison[] {
  const connective = wordOf(top.Operator);
  const parts = connective === 'or' || connective === 'and' ? operands(top, connective, chained) : [top];
  const groups = new Map<string, Comparison & { readonly entries: Entry[] }>();
  for (const part of parts) {
    if (!isNode(part, 'BinaryExpression')) continue;
    const { Left: left, Right: right } = part;
    const entries = right === null ? undefined : entriesOf([right]);
    if (left === null || entries === undefined) continue;
    chained.add(part);
    const { operator, negated } = named(wordOf(part.Operator));
    if (!TEXT_OPERATORS.has(operator)) continue;
    const together = negated === (connective === 'and');
    const key = together ? `${textOf(bound, left)} ${operator}` : String(part.TextStart);
    const before = groups.get(key);
    if (before === undefined) groups.set(key, { operator, negated, left, entries });
    else before.entries.push(...entries);
  }
  return [...groups.values()];
}

const TEXT_OPERATORS: ReadonlySet<string> = new Set([
  ...['==', '=~', 'has', 'has_cs', 'contains', 'contains_cs', 'startswith', 'startswith_cs', 'endswith', 'endswith_cs'],
  ...['hasprefix', 'hasprefix_cs', 'hassuffix', 'hassuffix_cs'],
]);

function operands(top: Expression, connective: string, chained: Set<Element>): Expression[] {
  if (isNode(top, 'ParenthesizedExpression') && top.Expression !== null)
    return operands(top.Expression, connective, chained);
  if (!isNode(top, 'BinaryExpression') || wordOf(top.Operator) !== connective) return [top];
  chained.add(top);
  return [top.Left, top.Right].flatMap((side) => (side === null ? [] : operands(side, connective, chained)));
}

function named(word: string): { operator: string; negated: boolean } {
  if (word === '<>' || word === '!=') return { operator: '==', negated: true };
  if (word === '!~') return { operator: '=~', negated: true };
  return word.startsWith('!') ? { operator: word.slice(1), negated: true } : { operator: word, negated: false };
}

function wordOf(operator: Element | null): string {
  return (operator as Kusto.Language.Syntax.SyntaxToken | null)?.Text ?? '';
}

function entriesOf(written: readonly Expression[]): Entry[] | undefined {
  const entries: Entry[] = [];
  for (const item of written) {
    if (!isNode(item, 'LiteralExpression') && !isNode(item, 'CompoundStringLiteralExpression')) return undefined;
    const value: unknown = item.LiteralValue;
    if (typeof value !== 'string') return undefined;
    entries.push({ value, ...stretch(item) });
  }
  return entries;
}
