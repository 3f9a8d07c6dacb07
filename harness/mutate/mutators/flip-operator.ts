import type { Mutator } from '../mutator.js';
import { opposite, otherOperators } from './operators.js';

export const flipOperator: Mutator = {
  name: 'flip-operator',
  about: 'makes its opposite of an operator: in and !in, == and !=, has and !has',
  edits: (node) => otherOperators(node, () => [opposite(node)].filter((name) => name !== undefined)),
};
