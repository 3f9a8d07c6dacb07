/// <reference types="@kusto/language-service-next" />
import type { Value } from '../functions/registry.js';
import { literal } from '../plan/make.js';
import type { Literal } from '../plan/plan.js';
import { type Expression, elements, isNode, present, typeOf } from '../syntax.js';
import type { KqlType } from '../types.js';
import { formatDatetime, parseDatetime } from '../values/datetime.js';
import type { Dynamic } from '../values/dynamic.js';
import { formatTimespan, parseTimespan } from '../values/timespan.js';
import type { Binder } from './binder.js';

/** @param type what the parser's binder says, except where it says nothing */
export function bindLiteral(
  binder: Binder,
  node: Kusto.Language.Syntax.LiteralExpression | Kusto.Language.Syntax.CompoundStringLiteralExpression,
  type: KqlType = typeOf(node.ResultType) ?? 'dynamic',
): Literal {
  return literal(literalValue(binder, node, type), type, binder.span(node));
}

export function bindDynamic(binder: Binder, node: Kusto.Language.Syntax.DynamicExpression): Literal {
  return literal(dynamicValue(binder, present(node.Expression)), 'dynamic', binder.span(node));
}

function literalValue(binder: Binder, node: Expression, type: KqlType): Value {
  if (type === 'string') {
    const text = String(node.LiteralValueInfo?.Value ?? node.LiteralValue ?? '');
    if (text.isWellFormed()) return text;
    binder.refuse(node, 'unsupported-expression', 'The text holds half of a surrogate pair, which has no UTF-8.');
  }
  const text = (
    node.LiteralValueInfo?.ValueText ??
    node.ToString(0 as Kusto.Language.Syntax.IncludeTrivia) ??
    ''
  ).trim();
  if (text === 'null' || text === '') return null;
  const value = parsed(text, type);
  if (value === undefined)
    binder.refuse(node, 'unsupported-expression', `'${text}' is not a ${type} literal that can be read.`);
  return value;
}

function parsed(text: string, type: KqlType): Value | undefined {
  switch (type) {
    case 'bool':
      return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : undefined;
    case 'int':
    case 'long': {
      if (!/^[+-]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) return undefined;
      const digits = text.replace(/^[+-]/, '');
      const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
      return BigInt.asIntN(type === 'int' ? 32 : 64, value);
    }
    case 'real':
      return real(text);
    case 'decimal':
      return /^[+-]?\d*\.?\d*([eE][+-]?\d+)?$/.test(text) ? text : undefined;
    case 'datetime':
      return parseDatetime(text) ?? undefined;
    case 'timespan':
      return parseTimespan(text) ?? undefined;
    case 'guid':
      return /^\{?[0-9a-fA-F-]{32,36}\}?$/.test(text) ? dashed(text) : undefined;
    default:
      return undefined;
  }
}

function real(text: string): number | undefined {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special) return special[2]?.toLowerCase() === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? undefined : value;
}

function dashed(text: string): string {
  const hex = text.toLowerCase().replace(/[^0-9a-f]/g, '');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The value inside `dynamic(…)`: JSON, and the literals that KQL allows in it besides. */
function dynamicValue(binder: Binder, node: Expression): Dynamic {
  if (isNode(node, 'JsonArrayExpression')) {
    return elements(node.Values).map((value) => dynamicValue(binder, value));
  }
  if (isNode(node, 'JsonObjectExpression')) {
    const bag = new Map<string, Dynamic>();
    for (const pair of elements(node.Pairs)) {
      bag.set(String(present(pair.Name).Value ?? ''), dynamicValue(binder, present(pair.Value)));
    }
    return bag;
  }
  if (isNode(node, 'DynamicExpression')) return dynamicValue(binder, present(node.Expression));
  if (isNode(node, 'PrefixUnaryExpression')) {
    const value = dynamicValue(binder, present(node.Expression));
    if (present(node.Operator).Text !== '-') return value;
    if (typeof value === 'bigint' || typeof value === 'number') return -value;
  }
  if (isNode(node, 'LiteralExpression') || isNode(node, 'CompoundStringLiteralExpression')) {
    const type = typeOf(node.ResultType);
    if (type === null || type === 'dynamic') return null;
    return asDynamic(literalValue(binder, node, type), type);
  }
  return binder.refuse(node, 'unsupported-expression', 'This cannot stand inside of dynamic().');
}

function asDynamic(value: Value, type: KqlType): Dynamic {
  if (value === null) return null;
  switch (type) {
    case 'datetime':
      return formatDatetime(value as bigint);
    case 'timespan':
      return formatTimespan(value as bigint);
    case 'decimal':
      return Number(value);
    default:
      return value;
  }
}

/** Names of a parenthesised schema with their types: `(a: long, b: string)`. */
export function schemaColumns(
  schema: Kusto.Language.Syntax.RowSchema | null,
): { readonly name: string; readonly type: KqlType }[] {
  return elements(schema?.Columns ?? null).map((declaration) => {
    const symbol = declaration.Name?.ReferencedSymbol as Kusto.Language.Symbols.ColumnSymbol | null;
    return { name: declaration.Name?.SimpleName ?? '', type: typeOf(symbol?.Type ?? null) ?? 'dynamic' };
  });
}
