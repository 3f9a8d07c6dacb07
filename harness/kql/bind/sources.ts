import type { Names as ProvidedNames } from '../syntax.js';

/**
 * Where the rows of a rule come from that are no events: `externaldata`, watchlists, `FileProfile()`, saved functions.
 * Each such use is a source with a key; the detection's test data gives its rows, and without them it is refused or,
 * where the caller asks for it, empty.
 */
export interface Sources {
  readonly names: ProvidedNames;
  readonly missing: 'refuse' | 'empty';
}
