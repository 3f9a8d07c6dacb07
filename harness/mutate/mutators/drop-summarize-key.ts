/// <reference types="@kusto/language-service-next" />
import { elements, isNode } from '../../kql/syntax.js';
import type { Mutator } from '../mutator.js';
import { dropped } from './drop-key.js';

export const dropSummarizeKey: Mutator = {
  name: 'drop-summarize-key',
  about: 'groups by one column less',
  edits(node, text) {
    if (!isNode(node, 'SummarizeByClause')) return [];
    const keys = elements(node.Expressions);
    if (keys.length > 1) return dropped(keys, text, 'groups without');
    return [{ start: node.TextStart, end: node.End, text: '', does: 'groups all rows as one' }];
  },
};
