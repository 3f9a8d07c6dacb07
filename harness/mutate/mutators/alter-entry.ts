import { type Edit, type Mutator, replacing, shown } from '../mutator.js';
import { entryList, isText, usesOf } from './entries.js';

/**
 * A list of terms gets an entry that matches more: `gist.github.com` becomes `github.com`. A list of whole values that
 * heeds case gets one in another case. In other lists an altered entry is a dropped one and another that nobody meant.
 */
export const alterEntry: Mutator = {
  name: 'alter-entry',
  about: 'makes an entry of a list match more: without its first part, or in another case',
  edits(node, text) {
    const list = entryList(node);
    if (list === undefined || !list.entries.every(isText)) return [];
    const uses = usesOf(node);
    return list.entries.flatMap((entry): Edit[] => {
      const written = /^([hH]?@?["'])(.*)(["'])$/s.exec(text.slice(entry.TextStart, entry.End));
      if (written === null) return [];
      const [, open = '', value = '', close = ''] = written;
      const others = new Set(uses.map((use) => altered(value, use)).filter((other) => other !== value));
      return [...others].map((other) =>
        replacing(entry, open + other + close, `makes ${open}${other}${close} of ${shown(text, entry)}`),
      );
    });
  },
};

function altered(value: string, use: string): string {
  if (/^has_a/.test(use)) return value.replace(/^[^.\\/_ -]+[.\\/_ -]+(?=[^.\\/_ -])/, '');
  if (!/^!?in$/.test(use)) return value;
  return value === value.toLowerCase() ? value.toUpperCase() : value.toLowerCase();
}
