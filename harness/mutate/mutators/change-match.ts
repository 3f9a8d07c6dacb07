import type { Mutator } from '../mutator.js';
import { otherOperators } from './operators.js';

const NEIGHBOURS: Readonly<Record<string, string>> = {
  has: 'contains',
  contains: 'has',
  '!has': '!contains',
  '!contains': '!has',
  has_cs: 'contains_cs',
  contains_cs: 'has_cs',
  has_any: 'has_all',
  has_all: 'has_any',
  hasprefix: 'has',
  hassuffix: 'has',
  startswith: 'contains',
  endswith: 'contains',
  startswith_cs: 'contains_cs',
  endswith_cs: 'contains_cs',
};

export const changeMatch: Mutator = {
  name: 'change-match',
  about: 'makes another way to match of one: has and contains, has_any and has_all',
  edits: (node) => otherOperators(node, ({ name }) => [NEIGHBOURS[name] ?? []].flat()),
};
