import type { Detection } from '../detection/detection.js';
import { readConditions } from '../exceptions/conditions.js';
import type { Place } from '../exceptions/places.js';
import { withBlock } from '../exceptions/render.js';
import { watchlistSource, watchlistTable } from '../exceptions/watchlist.js';
import { catalogOf } from '../measure/catalog.js';
import type { Catalog } from '../tables/catalog.js';

/** A version of a rule, and what it can name. */
export interface Version {
  readonly text: string;
  readonly catalog: Catalog;
}

/**
 * The rule with conditions added to the exceptions that it has, as it would be deployed.
 *
 * @param watchlist the watchlist that holds them all; in the rule itself when absent
 */
export function versionWith(
  detection: Detection,
  catalog: Catalog,
  place: Place,
  added: readonly string[],
  watchlist: string | undefined,
): Version {
  const proposed = { reason: 'proposed', owner: 'nobody', expiry: '9999-12-31' };
  const exceptions = [...detection.allowlist.exceptions, ...added.map((condition) => ({ condition, ...proposed }))];
  const conditions = readConditions(
    exceptions.map(({ condition }) => condition),
    place,
    catalog,
  );
  const allowlist = { exceptions, ...(watchlist !== undefined && { watchlist }) };
  const text = withBlock(detection.deployed.text, place, allowlist, conditions);
  if (watchlist === undefined) return { text, catalog };
  const key = watchlistSource(watchlist);
  const { file } = detection.placeOf([]);
  const source = {
    key,
    rows: watchlistTable(exceptions, conditions),
    text: true,
    placeOf: () => ({ file, line: 0, column: 0 }),
  };
  const sources = [...detection.sources.filter((other) => other.key !== key), source];
  return { text, catalog: catalogOf({ environment: detection.environment, sources }) };
}
