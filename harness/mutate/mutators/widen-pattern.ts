import type { Mutator } from '../mutator.js';
import { changedPattern } from './patterns.js';

export const widenPattern: Mutator = {
  name: 'widen-pattern',
  about: 'takes an anchor, a word boundary or the minimum of a repetition out of a regular expression',
  edits: (node, text) =>
    changedPattern(node, text, (pattern) => [
      pattern.replace(/^(\(\?[a-z]+\))?\^/, '$1'),
      pattern.replace(/(?<!\\)\$$/, ''),
      pattern.replace(/\\{1,2}b/, ''),
      pattern.replace(/(?<=[\]).\w])\+/, '*'),
    ]),
};
