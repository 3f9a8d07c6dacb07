import type { Detection } from '../detection/detection.js';
import { KqlError } from '../kql/errors.js';
import type { PlayedWorld } from '../measure/play.js';
import type { Catalog } from '../tables/catalog.js';
import { nothingTo } from './begin.js';
import { progress } from './progress.js';
import { RuleFault } from './rule-fault.js';
import { type WorkloadFlags, workloadChoice } from './workload-flags.js';

/** A detection, and what was found of it over its world. */
export interface Found<T> {
  readonly detection: Detection;
  readonly catalog: Catalog;
  readonly found: T;
}

/**
 * What is found of each detection at or below the given paths over its own world. A rule that must be refused raises no
 * alerts and is left out.
 *
 * @param what what is done to a detection, for the message that there is none: `tune`
 * @throws RuleFault for a rule that does not run
 * @throws UsageError where no detection is left
 * @throws FileError for a path, a detection or a workload at fault
 */
export async function overWorlds<T>(
  paths: readonly string[],
  flags: WorkloadFlags,
  what: string,
  find: (detection: Detection, catalog: Catalog, played: PlayedWorld, onStage: (stage: string) => void) => Promise<T>,
): Promise<Found<T>[]> {
  const { findDetections, readDetection } = await import('../detection/detection.js');
  const detections = findDetections(paths)
    .map(readDetection)
    .filter(({ expects }) => expects === undefined);
  if (detections.length === 0) throw nothingTo(what, paths, 'detection with a rule that runs');
  const { Worlds } = await import('../measure/worlds.js');
  const { catalogOf } = await import('../measure/catalog.js');
  const shown = progress(process.stderr);
  const worlds = new Worlds({ workload: workloadChoice(flags), onStage: shown.stage });
  const all: Found<T>[] = [];
  try {
    for (const detection of detections) {
      const catalog = catalogOf(detection);
      const played = await worlds.of(detection, catalog);
      try {
        all.push({ detection, catalog, found: await find(detection, catalog, played, shown.stage) });
      } catch (error) {
        throw error instanceof KqlError ? new RuleFault(error, detection.deployed) : error;
      }
    }
  } finally {
    worlds.close();
    shown.end();
  }
  return all;
}
