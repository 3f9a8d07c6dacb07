import { type Mutator, shown } from '../mutator.js';
import { entryList } from './entries.js';

export const dropEntry: Mutator = {
  name: 'drop-entry',
  about: 'drops an entry of a list',
  edits(node, text) {
    const list = entryList(node);
    if (list === undefined) return [];
    return list.entries.map((entry, i) => {
      const before = list.entries[i - 1];
      const after = list.entries[i + 1];
      const does = `drops ${shown(text, entry)}`;
      if (after !== undefined) return { start: entry.TextStart, end: after.TextStart, text: '', does };
      if (before !== undefined) return { start: before.End, end: entry.End, text: '', does };
      return { start: entry.TextStart, end: entry.End, text: list.empty, does };
    });
  },
};
