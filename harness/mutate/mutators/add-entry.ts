import type { Mutator } from '../mutator.js';
import { entryList, isText } from './entries.js';

/** The empty text is what a missing value is, and a term that every text has. */
export const addEntry: Mutator = {
  name: 'add-entry',
  about: 'adds the empty text to a list',
  edits(node) {
    const list = entryList(node);
    const first = list?.entries[0];
    if (list === undefined || first === undefined || !list.entries.every(isText)) return [];
    if (list.entries.some((entry) => entry.LiteralValue === '')) return [];
    return [{ start: first.TextStart, end: first.TextStart, text: '"", ', does: 'adds ""' }];
  },
};
