import type { Allowlist } from '../detection/allowlist-schema.js';
import { type Detection, readDetection } from '../detection/detection.js';
import { placesIn } from '../exceptions/places.js';
import { exceptionsOf } from '../exceptions/render.js';
import { addExceptions, writeRule, writeWatchlist } from '../exceptions/write.js';
import type { Names } from '../kql/syntax.js';
import type { Tuning } from './result.js';

/** Who answers for the exceptions that are added, and until when they hold. */
export interface Review {
  readonly owner: string;
  /** `2027-03-01`: the last day. */
  readonly expiry: string;
}

/**
 * Adds the exceptions that tuning proposes to a detection's `allowlist.yaml`, and renders them into its rule. A condition
 * that is there already is left as it is.
 *
 * @returns how many were added
 * @throws FileError for files that cannot be written to as they are
 */
export function applyTuning(detection: Detection, names: Names, tuning: Tuning, { owner, expiry }: Review): number {
  const there = new Set(detection.allowlist.exceptions.map(({ condition }) => condition.trim()));
  const added: Allowlist['exceptions'] = tuning.exceptions
    .filter(({ condition }) => !there.has(condition))
    .map(({ condition, reason }) => ({ condition, reason, owner, expiry }));
  if (added.length === 0) return 0;
  const { place, watchlist } = tuning.settings;
  // The place is only worth stating where there are several.
  const isStated = detection.allowlist.place !== undefined || place === 'the block' || !isAmbiguous(detection, names);
  addExceptions(detection, added, {
    ...(!isStated && { place }),
    ...(watchlist !== undefined && { watchlist }),
  });
  renderExceptions(readDetection(detection.folder), names);
  return added.length;
}

function isAmbiguous(detection: Detection, names: Names): boolean {
  return placesIn(detection.deployed.text, names).length > 1;
}

/**
 * Renders a detection's exceptions into its rule.
 *
 * @returns whether the rule changed
 * @throws FileError for an exception or a rule at fault
 */
export function renderExceptions(detection: Detection, names: Names): boolean {
  const found = exceptionsOf(detection, names);
  if (found === undefined) return false;
  const { watchlist } = found;
  const isUploaded = watchlist === undefined || writeWatchlist(detection, watchlist);
  if (found.text === detection.deployed.text) return !isUploaded;
  writeRule(detection.deployed, found.text);
  return true;
}
