/// <reference types="@kusto/language-service-next" />
import { elements, isNode } from '../../kql/syntax.js';
import type { Mutator } from '../mutator.js';

export const swapBranches: Mutator = {
  name: 'swap-branches',
  about: 'swaps what iff() gives when its condition holds, and when it does not',
  edits(node, text) {
    if (!isNode(node, 'FunctionCallExpression') || !/^iif$|^iff$/.test(node.Name?.SimpleName ?? '')) return [];
    const [, yes, no] = elements(node.ArgumentList?.Expressions ?? null);
    if (yes === undefined || no === undefined) return [];
    const between = text.slice(yes.End, no.TextStart);
    const swapped = text.slice(no.TextStart, no.End) + between + text.slice(yes.TextStart, yes.End);
    return [{ start: yes.TextStart, end: no.End, text: swapped, does: 'swaps the branches of iff()' }];
  },
};
