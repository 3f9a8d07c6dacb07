/// <reference types="@kusto/language-service-next" />
/** Small parts that expressions and operators are built of. */
import { scalarOperators } from '../functions/index.js';
import type { Arg, ScalarFunction } from '../functions/registry.js';
import { literal, native } from '../plan/make.js';
import type { Column, Expr, Plan } from '../plan/plan.js';
import { type Expression, elements, isNode, kindOf, present, typeOf } from '../syntax.js';
import { isKqlType, type KqlType } from '../types.js';
import type { Binder } from './binder.js';

/** An operator of the language over bound operands. */
export function operation(binder: Binder, node: Expression, name: string, args: readonly Expr[]): Expr {
  const fn = scalarOperators.get(name);
  if (!fn)
    binder.refuse(node, 'unsupported-expression', `The operator '${name.replace('unary', '')}' is not supported.`);
  return call(binder, node, fn, args);
}

export function call(binder: Binder, node: Expression, fn: ScalarFunction, args: readonly Expr[]): Expr {
  return { kind: 'call', fn, args, type: typeOf(node.ResultType) ?? 'dynamic', span: binder.span(node) };
}

/** An expression converted as `to<type>()` converts. */
export function converted(expr: Expr, type: KqlType): Expr {
  if (expr.type === type) return expr;
  if (expr.kind === 'literal' && expr.value === null) return literal(null, type, expr.span);
  if (expr.kind === 'literal' && typeof expr.value === 'bigint') {
    if (type === 'real' && (expr.type === 'int' || expr.type === 'long'))
      return literal(Number(expr.value), type, expr.span);
    if (type === 'long' && expr.type === 'int') return literal(expr.value, type, expr.span);
  }
  return native(type, [expr], ([arg], context) => context.convert(arg as Arg, type));
}

/** The text of an operator as the registry names it: lower case, one space between words. */
export function operatorName(token: Kusto.Language.Syntax.SyntaxToken | null): string {
  return (present(token).Text ?? '').toLowerCase().replace(/\s+/g, ' ');
}

/** The column of a row that bears a name. */
export function columnNamed(row: readonly Column[], name: string): Column | undefined {
  return row.find((column) => column.name === name);
}

/** The scalar type that a `typeof(…)` names. */
export function typeNamed(binder: Binder, node: Kusto.Language.Syntax.TypeOfLiteralExpression): KqlType {
  const [type] = elements(
    node.Types as Kusto.Language.Syntax.SyntaxList$1<Kusto.Language.Syntax.SeparatedElement$1<Expression>> | null,
  );
  const name = type ? (type.ToString(0 as Kusto.Language.Syntax.IncludeTrivia) ?? '').trim() : '';
  const canonical =
    ({ double: 'real', date: 'datetime', time: 'timespan', boolean: 'bool' } as Record<string, string>)[name] ?? name;
  if (!isKqlType(canonical)) binder.refuse(node, 'unsupported-type', `'${name}' is not a scalar type.`);
  return canonical;
}
/** The value of a column of the side that may lack a partner: a string is then empty. */
export function orNone(expr: Expr): Expr {
  return expr.type === 'string' ? native('string', [expr], ([arg]) => `coalesce(${arg?.sql}, '')`) : expr;
}

/** The parser's classes for operators that may also start a query. */
const OPERATOR = /Operator$|^ExternalDataExpression$/;

/** Whether an expression gives a table, as the parser's binder sees it. */
export function isTabular(node: Expression): boolean {
  if (isNode(node, 'ParenthesizedExpression')) return isTabular(present(node.Expression));
  if (isNode(node, 'MaterializeExpression')) return isTabular(present(node.Expression));
  if (isNode(node, 'PipeExpression') || isNode(node, 'DataTableExpression') || OPERATOR.test(kindOf(node))) return true;
  return node.ResultType !== null && node.ResultType !== undefined && kindOf(node.ResultType) === 'TableSymbol';
}

/** An empty input, for operators that start a query. */
export const NOTHING: Plan = { kind: 'values', columns: [], rows: [], order: [] };
