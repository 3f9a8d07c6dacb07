import type { Detection } from '../detection/detection.js';
import { exceptionsOf } from '../exceptions/render.js';
import type { PlayedWorld } from '../measure/play.js';
import type { Catalog } from '../tables/catalog.js';
import { reachOf } from './cover.js';

/**
 * The exceptions of a detection, by their places, that hold for no event which comes to them over a world: they hide
 * nothing there, and are left over or misspelt.
 *
 * @throws FileError for exceptions that cannot be read against the rule
 * @throws KqlError when the rule cannot be evaluated
 */
export async function neverFired(detection: Detection, catalog: Catalog, played: PlayedWorld): Promise<number[]> {
  const found = exceptionsOf(detection, catalog);
  if (found === undefined || found.conditions.length === 0) return [];
  const conditions = found.conditions.map(({ text }) => text);
  const reach = await reachOf(conditions, found.place, detection, played, catalog);
  return conditions.flatMap((_, i) => (reach.of([i]).events === 0 ? [i] : []));
}
