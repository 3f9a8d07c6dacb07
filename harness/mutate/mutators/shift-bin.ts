import type { Mutator } from '../mutator.js';
import { binLength, scaled } from './spans.js';

export const shiftBin: Mutator = {
  name: 'shift-bin',
  about: 'makes bins twice or half as wide',
  edits(node, text) {
    const length = binLength(node);
    return length === undefined ? [] : scaled(length, text);
  },
};
