/// <reference types="@kusto/language-service-next" />
import { isNode, items } from '../../kql/syntax.js';
import { type Mutator, replacing } from '../mutator.js';

/** Kinds that give the same columns, so that what follows still binds. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  innerunique: ['inner', 'leftouter'],
  inner: ['innerunique', 'leftouter'],
  leftouter: ['inner'],
  rightouter: ['inner'],
  fullouter: ['inner', 'leftouter'],
  leftsemi: ['leftanti'],
  leftanti: ['leftsemi'],
  leftantisemi: ['leftsemi'],
  anti: ['leftsemi'],
  rightsemi: ['rightanti'],
  rightanti: ['rightsemi'],
  rightantisemi: ['rightsemi'],
};

export const changeJoin: Mutator = {
  name: 'change-join',
  about: 'makes a join of another kind',
  edits(node) {
    if (!isNode(node, 'JoinOperator') && !isNode(node, 'LookupOperator')) return [];
    const kind = items(node.Parameters).find((parameter) => parameter.Name?.SimpleName === 'kind')?.Expression ?? null;
    if (kind !== null) {
      const written = kind.GetFirstToken()?.Text ?? '';
      return (OTHERS[written] ?? []).map((other) => replacing(kind, other, `makes ${other} of ${written}`));
    }
    const [usual, keyword] = isNode(node, 'JoinOperator')
      ? (['innerunique', node.JoinKeyword] as const)
      : (['leftouter', node.LookupKeyword] as const);
    if (keyword === null) return [];
    return (OTHERS[usual] ?? []).map((other) => ({
      start: keyword.End,
      end: keyword.End,
      text: ` kind=${other}`,
      does: `makes ${other} of ${usual}`,
    }));
  },
};
