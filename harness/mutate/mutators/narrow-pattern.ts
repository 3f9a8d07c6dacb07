import type { Mutator } from '../mutator.js';
import { alternatives, changedPattern } from './patterns.js';

export const narrowPattern: Mutator = {
  name: 'narrow-pattern',
  about: 'anchors a regular expression, drops one of its alternatives, or makes it heed case',
  edits: (node, text) =>
    changedPattern(node, text, (pattern) => {
      const flags = /^\(\?[a-z]+\)/.exec(pattern)?.[0] ?? '';
      const rest = pattern.slice(flags.length);
      const parts = alternatives(rest);
      return [
        ...(rest.startsWith('^') ? [] : [`${flags}^(?:${rest})`]),
        ...(rest.endsWith('$') ? [] : [`${flags}(?:${rest})$`]),
        ...(parts.length < 2 ? [] : parts.map((_, i) => flags + parts.filter((_part, j) => j !== i).join('|'))),
        ...(flags.includes('i') ? [pattern.replace(/^\(\?i\)/, '')] : []),
      ];
    }),
};
