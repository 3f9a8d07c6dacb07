import { isNode } from '../../kql/syntax.js';
import { type Mutator, replacing } from '../mutator.js';
import { logicOf } from './conditions.js';

export const swapLogic: Mutator = {
  name: 'swap-logic',
  about: 'makes or of and, and and of or',
  edits(node) {
    const logic = logicOf(node);
    if (logic === undefined || !isNode(node, 'BinaryExpression') || node.Operator === null) return [];
    const other = logic === 'and' ? 'or' : 'and';
    return [replacing(node.Operator, other, `makes ${other} of ${logic}`)];
  },
};
