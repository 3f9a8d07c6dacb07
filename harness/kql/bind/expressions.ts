/// <reference types="@kusto/language-service-next" />
import { aggregates } from '../aggregates/index.js';
import { memberOfText } from '../functions/json.js';
import { element, member } from '../functions/path.js';
import type { Arg } from '../functions/registry.js';
import { aggregate, aggregateCall, literal, native, ref } from '../plan/make.js';
import type { Expr } from '../plan/plan.js';
import { type Expression, elements, isNode, kindOf, type Node, present } from '../syntax.js';
import type { KqlType } from '../types.js';
import type { Binder } from './binder.js';
import { columnNamed, converted, isTabular, operation, operatorName } from './build.js';
import { bindCall } from './calls.js';
import { bindDynamic, bindLiteral } from './literals.js';
import type { Scope } from './scope.js';

export function bindExpression(binder: Binder, node: Expression, scope: Scope): Expr {
  if (isNode(node, 'LiteralExpression') || isNode(node, 'CompoundStringLiteralExpression'))
    return bindLiteral(binder, node);
  if (isNode(node, 'DynamicExpression')) return bindDynamic(binder, node);
  if (isNode(node, 'ParenthesizedExpression')) return binder.expression(node.Expression, scope);
  if (isNode(node, 'SimpleNamedExpression')) return binder.expression(node.Expression, scope);
  if (isNode(node, 'NameReference')) return bindName(binder, node, scope);
  if (isNode(node, 'PathExpression')) return bindPath(binder, node, scope);
  if (isNode(node, 'ElementExpression')) return bindElement(binder, node, scope);
  if (isNode(node, 'FunctionCallExpression')) return bindCall(binder, node, scope);
  if (isNode(node, 'BinaryExpression')) {
    const name = operatorName(node.Operator);
    if (isNode(node.Left, 'StarExpression')) return anyColumn(binder, node, name, scope);
    return operation(binder, node, name, [binder.expression(node.Left, scope), binder.expression(node.Right, scope)]);
  }
  if (isNode(node, 'PrefixUnaryExpression')) {
    return operation(binder, node, `unary${operatorName(node.Operator)}`, [binder.expression(node.Expression, scope)]);
  }
  if (isNode(node, 'BetweenExpression')) {
    const bounds = present(node.Right);
    const args = [node.Left, bounds.First, bounds.Second].map((arg) => binder.expression(arg, scope));
    return operation(binder, node, operatorName(node.Operator), args);
  }
  if (isNode(node, 'InExpression') || isNode(node, 'HasAnyExpression') || isNode(node, 'HasAllExpression')) {
    return bindAmong(binder, node, scope);
  }
  if (isNode(node, 'ToScalarExpression')) return bindToScalar(binder, node, scope);
  return binder.refuse(node, 'unsupported-expression', `This kind of expression (${kindOf(node)}) is not supported.`);
}

function bindName(binder: Binder, node: Kusto.Language.Syntax.NameReference, scope: Scope): Expr {
  const name = node.SimpleName ?? '';
  const symbol = node.ReferencedSymbol ? kindOf(node.ReferencedSymbol) : '';
  if (symbol !== 'VariableSymbol' && symbol !== 'ParameterSymbol') {
    const column = columnNamed(scope.row, name);
    if (column) return ref(column, binder.span(node));
  }
  const binding = scope.names.find(name);
  if (binding?.kind === 'scalar') return binding.expr();
  const column = columnNamed(scope.row, name);
  if (column) return ref(column, binder.span(node));
  if (symbol === 'ColumnSymbol' && scope.inRow) {
    if (binder.sources.missing === 'empty') return literal(null, 'dynamic', binder.span(node));
    binder.refuse(node, 'missing-source', `The source of this row gives no column '${name}': add it to the test data.`);
  }
  return binder.refuse(node, 'unsupported-expression', `The name '${name}' has no value here that can be computed.`);
}

function bindPath(binder: Binder, node: Kusto.Language.Syntax.PathExpression, scope: Scope): Expr {
  const base = present(node.Expression);
  const selector = present(node.Selector);
  if (isNode(base, 'NameReference') && scope.sides && (base.SimpleName === '$left' || base.SimpleName === '$right')) {
    const side = base.SimpleName === '$left' ? scope.sides.left : scope.sides.right;
    const name = isNode(selector, 'NameReference') ? (selector.SimpleName ?? '') : '';
    const column = columnNamed(side, name);
    if (!column)
      binder.refuse(selector, 'unsupported-expression', `There is no column '${name}' on this side of the join.`);
    return ref(column, binder.span(node));
  }
  const step = isNode(base, 'NameReference') ? scope.steps?.get(base.SimpleName ?? '') : undefined;
  if (step && isNode(selector, 'NameReference')) {
    const column = columnNamed(step, selector.SimpleName ?? '');
    if (column) return ref(column, binder.span(node));
  }
  if (isNode(selector, 'BracketedExpression'))
    return elementOf(binder, node, binder.expression(base, scope), present(selector.Expression), scope);
  const key = isNode(selector, 'NameReference')
    ? selector.SimpleName
    : isNode(selector, 'LiteralExpression')
      ? String(selector.LiteralValue)
      : null;
  if (key === null) binder.refuse(selector, 'unsupported-expression', 'Only a name can follow the dot.');
  return memberOf(binder, node, binder.expression(base, scope), key);
}

function bindElement(binder: Binder, node: Kusto.Language.Syntax.ElementExpression, scope: Scope): Expr {
  const bracketed = present(node.Selector);
  const selector = isNode(bracketed, 'BracketedExpression') ? present(bracketed.Expression) : bracketed;
  return elementOf(binder, node, binder.expression(node.Expression, scope), selector, scope);
}

function elementOf(binder: Binder, node: Node, base: Expr, selector: Expression, scope: Scope): Expr {
  const index = binder.expression(selector, scope);
  if (index.kind === 'literal' && typeof index.value === 'string' && index.type === 'string')
    return memberOf(binder, node, base, index.value);
  return {
    ...native('dynamic', [base, index], ([of, at], context) => element(of as Arg, at as Arg, context)),
    span: binder.span(node),
  };
}

function memberOf(binder: Binder, node: Node, base: Expr, key: string): Expr {
  const [text] = base.kind === 'call' && base.fn.name === 'parse_json' ? base.args : [];
  if (text?.type === 'string') {
    const emitted = native('dynamic', [text], ([of], context) => memberOfText((of as Arg).sql, key, context));
    return { ...emitted, memberOfText: key, span: binder.span(node) };
  }
  return { ...native('dynamic', [base], ([of], context) => member(of as Arg, key, context)), span: binder.span(node) };
}

type Among =
  | Kusto.Language.Syntax.InExpression
  | Kusto.Language.Syntax.HasAnyExpression
  | Kusto.Language.Syntax.HasAllExpression;

/** `in`, `has_any` and their kin, over a list or over a table of one column. */
function bindAmong(binder: Binder, node: Among, scope: Scope): Expr {
  const name = operatorName(node.Operator);
  const value = binder.expression(node.Left, scope);
  const items = elements(present(node.Right).Expressions);
  const [first] = items;
  if (!(items.length === 1 && first && isTabular(first))) {
    return operation(binder, node, name, [value, ...items.map((item) => binder.expression(item, scope))]);
  }
  const plan = binder.tabular(first, scope);
  const [column] = plan.columns;
  if (!column) binder.refuse(first, 'unsupported-argument', `The table after '${name}' has no column.`);
  if (isNode(node, 'InExpression')) {
    return {
      kind: 'in-query',
      value: comparable(value, column.type),
      plan,
      column,
      ignoreCase: name.endsWith('~'),
      negated: name.startsWith('!'),
      type: 'bool',
      span: binder.span(node),
    };
  }
  const list = binder.columns.make('list', 'dynamic');
  const gathered = aggregate(plan, [], [aggregateCall(list, present(aggregates.get('make_set')), [ref(column)])]);
  return operation(binder, node, name, [
    value,
    { kind: 'scalar-query', plan: gathered, column: list, type: 'dynamic' },
  ]);
}

/** A value as what it is compared with: a dynamic one is read as the other's type. */
function comparable(value: Expr, type: KqlType): Expr {
  return value.type === type ? value : converted(value, type);
}

function bindToScalar(binder: Binder, node: Kusto.Language.Syntax.ToScalarExpression, scope: Scope): Expr {
  const inner = present(node.Expression);
  if (!isTabular(inner)) return binder.expression(inner, scope);
  const bound = binder.tabular(inner, scope);
  const plan = scope.inRow ? bound : binder.reuse(binder.share(bound));
  const [column] = plan.columns;
  if (!column) binder.refuse(node, 'unsupported-argument', 'toscalar() needs a table with a column.');
  return { kind: 'scalar-query', plan, column, type: column.type, span: binder.span(node) };
}

/** `* has "x"`: whether the comparison holds for any column of the row, each read as text. */
function anyColumn(binder: Binder, node: Kusto.Language.Syntax.BinaryExpression, name: string, scope: Scope): Expr {
  const value = binder.expression(node.Right, scope);
  const tests = scope.row.map((column) => operation(binder, node, name, [converted(ref(column), 'string'), value]));
  const first = tests.shift() ?? literal(false, 'bool');
  return tests.reduce((either, test) => operation(binder, node, 'or', [either, test]), first);
}
