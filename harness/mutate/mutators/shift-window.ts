import { isNode } from '../../kql/syntax.js';
import type { Mutator } from '../mutator.js';
import { binLength, isSpan, scaled } from './spans.js';

export const shiftWindow: Mutator = {
  name: 'shift-window',
  about: 'makes a span of time twice or half as long',
  edits(node, text) {
    if (!isSpan(node)) return [];
    let call = node.Parent;
    while (call !== null && !isNode(call, 'FunctionCallExpression')) call = call.Parent;
    return call !== null && binLength(call) === node ? [] : scaled(node, text);
  },
};
