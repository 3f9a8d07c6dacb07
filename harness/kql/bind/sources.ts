import type { Names as ProvidedNames } from '../syntax.js';
import type { TableSchema } from '../types.js';

/**
 * Where the rows of a rule come from that are no events: `externaldata`, watchlists, `FileProfile()`, saved functions.
 * Each such use is a source with a key; the detection's test data gives its rows, and without them it is refused or,
 * where the caller asks for it, empty.
 */
export interface Sources {
  readonly names: ProvidedNames;
  /** Schemas of the sources that have rows, by key (`externaldata:https://…`, `_GetWatchlist:VIP`, `FileProfile`). */
  readonly given: ReadonlyMap<string, TableSchema>;
  readonly missing: 'refuse' | 'empty';
  /** Records that the rule uses a source. */
  use(key: string): void;
}

/** Name of the engine's table that holds the rows of a source. */
export function sourceTable(key: string): string {
  return `source:${key}`;
}
