/// <reference types="@kusto/language-service-next" />
import { join, literal, ref } from '../../plan/make.js';
import type { Column, Expr, Item, Join, Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, present } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import { columnNamed, converted, operatorName, orNone } from '../build.js';
import { parameter } from '../parameters.js';
import { type Operator, operator } from './operator.js';

type Condition = Kusto.Language.Syntax.JoinConditionClause | null;
interface Key {
  readonly left: Expr;
  readonly right: Expr;
}

export const joinOperators: readonly Operator[] = [
  operator('join', 'JoinOperator', (binder, node, input, scope) => {
    const right = binder.tabular(node.Expression, scope);
    const kind = parameter(node.Parameters, 'kind') ?? 'innerunique';
    const keys = joinKeys(binder, node.ConditionClause, input, right);
    return joined(binder, node, kind, input, right, keys, columnsOf(node.ResultType));
  }),
  operator('lookup', 'LookupOperator', (binder, node, input, scope) => {
    const right = binder.tabular(node.Expression, scope);
    const kind = parameter(node.Parameters, 'kind') ?? 'leftouter';
    const keys = joinKeys(binder, node.LookupClause, input, right);
    const keyIds = new Set(keys.flatMap((key) => (key.right.kind === 'column' ? [key.right.column.id] : [])));
    const sides = [...input.columns, ...right.columns.filter((column) => !keyIds.has(column.id))];
    return outer(binder, kind === 'inner' ? 'inner' : 'left', input, right, keys, sides, columnsOf(node.ResultType));
  }),
];

/** `on` as pairs of columns: `on Key`, `on $left.a == $right.b`, and both joined by `and`. */
export function joinKeys(binder: Binder, clause: Condition, left: Plan, right: Plan): Key[] {
  if (clause === null) return [];
  if (!isNode(clause, 'JoinOnClause'))
    return binder.refuse(clause, 'unsupported-argument', 'Only an on clause can join two tables.');
  return elements(clause.Expressions).flatMap((node) => keyPairs(binder, node, left, right));
}

function keyPairs(binder: Binder, node: Expression, left: Plan, right: Plan): Key[] {
  if (isNode(node, 'ParenthesizedExpression')) return keyPairs(binder, present(node.Expression), left, right);
  if (isNode(node, 'NameReference')) {
    const name = node.SimpleName ?? '';
    return [{ left: keyColumn(binder, node, left, name), right: keyColumn(binder, node, right, name) }];
  }
  if (isNode(node, 'BinaryExpression')) {
    const name = operatorName(node.Operator);
    if (name === 'and')
      return [
        ...keyPairs(binder, present(node.Left), left, right),
        ...keyPairs(binder, present(node.Right), left, right),
      ];
    if (name === '==') {
      const one = sideColumn(binder, node.Left, left, right);
      const two = sideColumn(binder, node.Right, left, right);
      if (one && two && one.side !== two.side) {
        return [one.side === 'left' ? { left: one.key, right: two.key } : { left: two.key, right: one.key }];
      }
    }
  }
  return binder.refuse(
    node,
    'unsupported-argument',
    'A join compares a column of $left with a column of $right by ==.',
  );
}

function sideColumn(
  binder: Binder,
  node: Expression | null,
  left: Plan,
  right: Plan,
): { readonly side: 'left' | 'right'; readonly key: Expr } | null {
  if (
    !isNode(node, 'PathExpression') ||
    !isNode(node.Expression, 'NameReference') ||
    !isNode(node.Selector, 'NameReference')
  )
    return null;
  const side =
    node.Expression.SimpleName === '$left' ? 'left' : node.Expression.SimpleName === '$right' ? 'right' : null;
  if (side === null) return null;
  return { side, key: keyColumn(binder, node, side === 'left' ? left : right, node.Selector.SimpleName ?? '') };
}

/** A key of one side; an empty source may lack it, since no row of it is compared. */
function keyColumn(binder: Binder, node: Expression, side: Plan, name: string): Expr {
  const column = columnNamed(side.columns, name);
  if (column) return ref(column);
  if (binder.sources.missing === 'empty') return literal(null, 'string');
  return binder.refuse(node, 'missing-source', `A source of this side of the join gives no column '${name}'.`);
}

function joined(
  binder: Binder,
  node: Expression,
  kind: string,
  left: Plan,
  right: Plan,
  keys: readonly Key[],
  output: readonly NamedType[],
): Plan {
  const sides = [...left.columns, ...right.columns];
  switch (kind) {
    case 'inner':
      return outer(binder, 'inner', left, right, keys, sides, output);
    case 'innerunique':
      return { ...outer(binder, 'inner', left, right, keys, sides, output), unique: true };
    case 'leftouter':
      return outer(binder, 'left', left, right, keys, sides, output);
    case 'rightouter':
      return outer(binder, 'right', left, right, keys, sides, output);
    case 'fullouter':
      return outer(binder, 'full', left, right, keys, sides, output);
    case 'leftsemi':
      return half('semi', left, right, keys);
    case 'rightsemi':
      return half('semi', right, left, keys.map(swap));
    case 'anti':
    case 'leftanti':
    case 'leftantisemi':
      return half('anti', left, right, keys);
    case 'rightanti':
    case 'rightantisemi':
      return half('anti', right, left, keys.map(swap));
    default:
      return binder.refuse(node, 'unsupported-argument', `The join kind '${kind}' is not supported.`);
  }
}

function swap(key: Key): Key {
  return { left: key.right, right: key.left };
}

function pairs(keys: readonly Key[]): Join['on'] {
  return keys.map(({ left, right }) => ({ left, right: converted(right, left.type) }));
}

function outer(
  binder: Binder,
  kind: 'inner' | 'left' | 'right' | 'full',
  left: Plan,
  right: Plan,
  keys: readonly Key[],
  sides: readonly Column[],
  output: readonly NamedType[],
): Join {
  const lefts = new Set(left.columns.map((column) => column.id));
  const items = sides.map((from, i): Item => {
    const mayLack = kind === 'full' || (lefts.has(from.id) ? kind === 'right' : kind === 'left');
    return {
      column: binder.columns.make(output[i]?.name ?? from.name, from.type),
      expr: mayLack ? orNone(ref(from)) : ref(from),
    };
  });
  return join({ join: kind, left, right, on: pairs(keys), unique: false, items });
}

function half(kind: 'semi' | 'anti', left: Plan, right: Plan, keys: readonly Key[]): Plan {
  const items = left.columns.map((column): Item => ({ column, expr: ref(column) }));
  return join({ join: kind, left, right, on: pairs(keys), unique: false, items });
}
