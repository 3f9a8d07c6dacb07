/** The libraries of the geo functions, loaded when a query first uses one: together they take longer than most queries. */
import { createRequire } from 'node:module';
import type * as BetterKnown from 'betterknown';
import type * as H3 from 'h3-js';
import type Geohash from 'ngeohash';
import type * as S2 from 's2js';

const require = createRequire(import.meta.url);

export const s2 = lazily<typeof S2.s2>(() => (require('s2js') as typeof S2).s2);
export const h3 = lazily<typeof H3>(() => require('h3-js') as typeof H3);
export const geohash = lazily<typeof Geohash>(() => require('ngeohash') as typeof Geohash);
export const wkt = lazily<typeof BetterKnown>(() => require('betterknown') as typeof BetterKnown);

function lazily<T>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
