/// <reference types="@kusto/language-service-next" />
import type { Element } from '../../check/tree.js';
import { elements, isNode } from '../../kql/syntax.js';
import { type Edit, replacing } from '../mutator.js';

/** The literal that holds a regular expression, where a node uses one. */
function patternOf(node: Element): Element | undefined {
  if (isNode(node, 'BinaryExpression') && node.Operator?.Text === 'matches regex')
    return isNode(node.Right, 'LiteralExpression') ? node.Right : undefined;
  if (!isNode(node, 'FunctionCallExpression')) return undefined;
  if (!/^(extract|extract_all|replace_regex|countof)$/.test(node.Name?.SimpleName ?? '')) return undefined;
  const [first = null] = elements(node.ArgumentList?.Expressions ?? null);
  return isNode(first, 'LiteralExpression') ? first : undefined;
}

/** The changes of the pattern at a node. `change` sees it as it is written between its quotes. */
export function changedPattern(node: Element, text: string, change: (pattern: string) => readonly string[]): Edit[] {
  const literal = patternOf(node);
  if (literal === undefined) return [];
  const written = /^([hH]?@?)(["'])(.*)\2$/s.exec(text.slice(literal.TextStart, literal.End));
  if (written === null) return [];
  const [, prefix = '', quote = '', pattern = ''] = written;
  return [...new Set(change(pattern))]
    .filter((other) => other !== pattern)
    .map((other) => replacing(literal, prefix + quote + other + quote, `makes ${other} of ${pattern}`));
}

/** The alternatives of a pattern outside of any group. */
export function alternatives(pattern: string): string[] {
  const found: string[] = [''];
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (char === '|' && depth === 0) {
      found.push('');
      continue;
    }
    if (char === '(' || char === '[') depth += 1;
    if (char === ')' || char === ']') depth -= 1;
    const escaped = char === '\\' ? (pattern[++i] ?? '') : '';
    found.push((found.pop() ?? '') + char + escaped);
  }
  return found;
}
