/// <reference types="@kusto/language-service-next" />
import type { Element } from '../../check/tree.js';
import { elements, isNode, typeOf } from '../../kql/syntax.js';
import { type Edit, replacing } from '../mutator.js';

/** Twice and half of a literal that a length is written as. */
export function scaled(literal: Element, text: string): Edit[] {
  const written = text.slice(literal.TextStart, literal.End);
  const counted = /^(\d+)([a-z]*)$/i.exec(written);
  const [count, unit] = [Number(counted?.[1]), counted?.[2] ?? ''];
  const double = counted ? `${count * 2}${unit}` : `(${written} * 2)`;
  const half = counted && count % 2 === 0 && count > 0 ? `${count / 2}${unit}` : `(${written} / 2)`;
  return [double, half].map((other) => replacing(literal, other, `makes ${other} of ${written}`));
}

/** The length of the bins, where a node sorts values into some. */
export function binLength(node: Element): Element | undefined {
  if (!isNode(node, 'FunctionCallExpression') || !/^(bin|floor|bin_at)$/.test(node.Name?.SimpleName ?? ''))
    return undefined;
  const length = elements(node.ArgumentList?.Expressions ?? null)[1] ?? null;
  return isNode(length, 'LiteralExpression') ? length : undefined;
}

/** Whether a node is a literal span of time. */
export function isSpan(node: Element): boolean {
  return isNode(node, 'LiteralExpression') && typeOf(node.ResultType) === 'timespan';
}
