import { isNode } from '../../kql/syntax.js';
import { type Mutator, replacing, shown } from '../mutator.js';
import { logicOf } from './conditions.js';

export const dropClause: Mutator = {
  name: 'drop-clause',
  about: 'drops one side of and, or of or',
  edits(node, text) {
    const logic = logicOf(node);
    if (logic === undefined || !isNode(node, 'BinaryExpression')) return [];
    const sides = [node.Left, node.Right];
    return sides.flatMap((side, i) => {
      const other = sides[1 - i];
      // In a chain each clause is dropped by itself, from the pair that it is a side of.
      if (!side || !other || logicOf(side) === logic) return [];
      return [replacing(node, text.slice(other.TextStart, other.End), `drops ${shown(text, side)}`)];
    });
  },
};
