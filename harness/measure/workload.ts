import type { Detection } from '../detection/detection.js';
import { formatDuration } from '../detection/duration.js';
import type { Grouping } from '../detection/rule.js';
import type { Compiled, NamedType, Names } from '../kql/index.js';
import { countAlerts, gatherAlerts, HIT_IDS, takeCounts } from './counts.js';
import { type Figures, figuresOf, noFigures } from './figures.js';
import { type AlertCounts, measureLiterals, type Variants } from './literals.js';
import type { DetectionMeasurement, WorkloadResult } from './measurement.js';
import type { PlayedWorld } from './play.js';
import { instantsOf, runScheduled } from './runs.js';
import { type Kept, keepEvents } from './world.js';

export type WorkloadMeasurement = Figures &
  Pick<DetectionMeasurement, 'literals'> & { readonly workload: WorkloadResult };

/**
 * Runs a rule over a played world as its schedule says, and measures its alerts against the truth.
 *
 * @throws KqlError when the rule cannot be evaluated
 */
export async function measureWorkload(
  detection: Detection,
  compiled: Compiled,
  names: Names,
  played: PlayedWorld,
  attackRate: number,
): Promise<WorkloadMeasurement> {
  const { world, exposure } = played;
  const workload = {
    ...played.described,
    every: formatDuration(detection.runs.every),
    ...(detection.runs.lookback !== undefined && { lookback: formatDuration(detection.runs.lookback) }),
    runs: instantsOf(detection.runs, world).length,
  };
  if (compiled.lineage === 'none') {
    const reason = 'the rows of the rule come from no event';
    return { ...noFigures(reason), literals: { unmeasured: reason }, workload };
  }
  await alertsOf(detection, compiled, played);
  const counts = await takeCounts(world);
  const figures = figuresOf(counts, exposure, detection.claims, compiled.lineage === 'one', attackRate);
  const literals = await measureLiterals(
    detection.deployed.text,
    names,
    await countAlerts(world),
    variantsOf(detection, compiled, played),
    detection.deployed.placeInFile,
  );
  return { ...figures, literals, workload };
}

function variantsOf(detection: Detection, compiled: Compiled, played: PlayedWorld): Variants<Kept> {
  const { world } = played;
  return {
    alerts: async (text, kept): Promise<AlertCounts> => {
      await alertsOf(detection, world.compile(text), played, kept);
      return await countAlerts(world);
    },
    keep: (name) => keepEvents(world, playedTables(compiled, played), HIT_IDS, name),
  };
}

/** Runs a version of the rule, so that its alerts can be counted. */
async function alertsOf(detection: Detection, compiled: Compiled, played: PlayedWorld, kept?: Kept): Promise<void> {
  const { runs, deployed, grouping } = detection;
  const tables = playedTables(compiled, played);
  const made = await runScheduled(played.world, { compiled, tables }, runs, deployed.trigger, kept);
  await gatherAlerts(played.world, made, inAnswer(grouping, compiled.columns), tables, kept);
}

/** The tables of a rule that hold events of the workload. */
function playedTables(compiled: Compiled, played: PlayedWorld): string[] {
  return compiled.tables.map(({ name }) => name).filter((name) => played.tables.has(name));
}

/** A grouping by the names of the answer's columns as one by the columns of the run's table. */
function inAnswer(grouping: Grouping, columns: readonly NamedType[]): Grouping {
  if (typeof grouping === 'string') return grouping;
  return { perEntity: grouping.perEntity.map((name) => `c${columns.findIndex((column) => column.name === name)}`) };
}
