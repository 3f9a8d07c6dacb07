/// <reference types="@kusto/language-service-next" />
import { elements, isNode } from '../../kql/syntax.js';
import type { Mutator } from '../mutator.js';
import { dropped } from './drop-key.js';

export const dropJoinKey: Mutator = {
  name: 'drop-join-key',
  about: 'joins on one column less',
  edits(node, text) {
    if (!isNode(node, 'JoinOnClause')) return [];
    const keys = elements(node.Expressions);
    return keys.length < 2 ? [] : dropped(keys, text, 'joins without');
  },
};
