import { isNode } from '../../kql/syntax.js';
import { type Mutator, replacing, shown } from '../mutator.js';
import { bare, conditionsOf, logicOf } from './conditions.js';
import { opposite } from './operators.js';

export const negateClause: Mutator = {
  name: 'negate-clause',
  about: 'negates a condition that has no opposite operator',
  edits(node, text) {
    return conditionsOf(node).flatMap((side) => {
      const condition = bare(side);
      if (logicOf(condition) !== undefined) return [];
      const written = text.slice(condition.TextStart, condition.End);
      if (isNode(condition, 'FunctionCallExpression') && condition.Name?.SimpleName === 'not') {
        const inner = condition.ArgumentList;
        return inner === null
          ? []
          : [replacing(condition, shown(text, inner), `drops the not of ${shown(text, condition)}`)];
      }
      if (opposite(condition) !== undefined) return [];
      return [replacing(condition, `not(${written})`, `negates ${shown(text, condition)}`)];
    });
  },
};
