import type { Mutator } from '../mutator.js';
import { otherOperators } from './operators.js';

const PAIRS: Readonly<Record<string, string>> = {
  '==': '=~',
  '=~': '==',
  '!=': '!~',
  '!~': '!=',
  in: 'in~',
  'in~': 'in',
  '!in': '!in~',
  '!in~': '!in',
};

export const changeCase: Mutator = {
  name: 'change-case',
  about: 'makes a comparison of texts heed case, or not: == and =~, in and in~',
  edits: (node) => otherOperators(node, ({ name, texts }) => (texts ? [PAIRS[name] ?? []].flat() : [])),
};
