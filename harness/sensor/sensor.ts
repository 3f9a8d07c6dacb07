import { isOff } from '../../simulators/sensor.js';
import { SENSOR_PARTS, type SensorPart } from '../../simulators/sensor-parts.js';
import type { Detection } from '../detection/detection.js';
import { catalogOf } from '../measure/catalog.js';
import { gatherAlerts, HITS, takeCounts } from '../measure/counts.js';
import { figuresOf, isClaimed, noFigures } from '../measure/figures.js';
import { type PlayedWorld, type WorkloadChoice, workloadOf } from '../measure/play.js';
import { runScheduled } from '../measure/runs.js';
import { inAnswer, playedTables } from '../measure/workload.js';
import { compileTraced } from '../measure/world.js';
import { Worlds } from '../measure/worlds.js';
import type { SensorOutcome, SensorResult } from './result.js';

export interface SensorOptions {
  readonly workload: WorkloadChoice;
  readonly onStage?: (stage: string) => void;
}

/**
 * Measures a detection over one workload as its sensor tells it, with each part of the sensor switched off, and with
 * all: the attacks are the same, so that the differences are the sensor's doing.
 *
 * @throws FileError when the workload is at fault
 * @throws KqlError when the rule does not run
 */
export async function sensorCost(detection: Detection, options: SensorOptions): Promise<SensorResult> {
  const { sensor } = workloadOf(detection, options.workload);
  const chosen = options.workload.sensorOff ?? [];
  const measure = async (off: readonly SensorPart[], what: string): Promise<Run> => {
    options.onStage?.(`${detection.id}: ${what}`);
    return await runWith(detection, { ...options.workload, sensorOff: [...chosen, ...off] });
  };
  const seen = await measure([], 'as the sensor tells it');
  const parts: { part: SensorPart; without?: SensorOutcome }[] = [];
  for (const part of SENSOR_PARTS) {
    const run = isOff(sensor, part) ? undefined : await measure([part], `without ${part}`);
    parts.push({ part, ...(run && { without: against(seen, run) }) });
  }
  const clear = await measure(SENSOR_PARTS, 'with nothing lost');
  const { name, hosts, days, seed } = seen.described;
  return {
    version: 1,
    detection: { id: detection.id, title: detection.title },
    workload: { name, hosts, days, seed },
    seen: against(seen, seen),
    parts,
    clear: against(seen, clear),
  };
}

interface Run extends Pick<SensorOutcome, 'recall' | 'alertsPerDayPer1000Hosts'> {
  readonly described: PlayedWorld['described'];
  /** Claimed attacks that raised an alert. */
  readonly caught: ReadonlySet<number>;
}

async function runWith(detection: Detection, workload: WorkloadChoice): Promise<Run> {
  const worlds = new Worlds({ workload });
  try {
    const catalog = catalogOf(detection);
    const played = await worlds.of(detection, catalog);
    const { world, exposure, described } = played;
    const compiled = await world.settle(compileTraced(detection.deployed.text, catalog));
    if (compiled.lineage === 'none') {
      return { ...noFigures('the rows of the rule come from no event'), described, caught: new Set() };
    }
    const tables = playedTables(compiled, played);
    const made = await runScheduled(world, { compiled, tables }, detection.runs, detection.deployed.trigger);
    await gatherAlerts(world, made, inAnswer(detection.grouping, compiled.columns), tables);
    const counts = await takeCounts(world);
    const figures = figuresOf(counts, exposure, detection.claims, compiled.lineage === 'one', 0);
    const claimed = new Set(
      counts.scenarios.filter((each) => isClaimed(each, detection.claims)).map((each) => each.scenario),
    );
    const hits = await world.query(`SELECT DISTINCT activity, scenario FROM ${HITS} WHERE label = 'malicious'`);
    const caught = hits.filter((row) => claimed.has(String(row['scenario']))).map((row) => Number(row['activity']));
    return { ...figures, described, caught: new Set(caught) };
  } finally {
    worlds.close();
  }
}

function against(seen: Run, { recall, alertsPerDayPer1000Hosts, caught }: Run): SensorOutcome {
  const gained = [...caught].filter((activity) => !seen.caught.has(activity)).length;
  const lost = [...seen.caught].filter((activity) => !caught.has(activity)).length;
  return { recall, alertsPerDayPer1000Hosts, gained, lost };
}
