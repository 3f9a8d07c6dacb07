/// <reference types="@kusto/language-service-next" />
import { isNode } from '../../kql/syntax.js';
import { type Mutator, shown } from '../mutator.js';

export const dropWhere: Mutator = {
  name: 'drop-where',
  about: 'drops a where',
  edits(node, text) {
    if (!isNode(node, 'PipeExpression') || !isNode(node.Operator, 'FilterOperator') || node.Bar === null) return [];
    const { Bar: bar, Operator: operator } = node;
    return [{ start: bar.TextStart, end: operator.End, text: '', does: `drops ${shown(text, operator)}` }];
  },
};
