import type { Detection } from '../detection/detection.js';
import { formatDuration } from '../detection/duration.js';
import type { Grouping } from '../detection/rule.js';
import type { Compiled, NamedType } from '../kql/index.js';
import { identifier } from '../kql/sql/literal.js';
import type { Catalog } from '../tables/catalog.js';
import { countAlerts, gatherAlerts, idsOf, takeCounts } from './counts.js';
import { type Figures, figuresOf, noFigures } from './figures.js';
import { type AlertCounts, measureLiterals, type Variants } from './literals.js';
import type { DetectionMeasurement, WorkloadResult } from './measurement.js';
import { telemetrySeenBy } from './own-events.js';
import type { PlayedWorld } from './play.js';
import { instantsOf, runScheduled } from './runs.js';
import { type Kept, keepEvents } from './world.js';

export type WorkloadMeasurement = Figures &
  Pick<DetectionMeasurement, 'literals'> & { readonly workload: WorkloadResult };

/** What the runs of a rule made: their tables, and how alerts are made of their rows. */
export interface Made {
  readonly runs: readonly string[];
  readonly grouping: Grouping;
  /** The tables with events that the rule reads. */
  readonly tables: readonly string[];
}

/** A rule that was run over a played world, while its alerts are at hand. */
export interface Witnessed {
  readonly detection: Detection;
  readonly compiled: Compiled;
  readonly catalog: Catalog;
  readonly played: PlayedWorld;
  readonly made: Made;
}

export type Witness = (seen: Witnessed) => Promise<void>;

/**
 * Runs a rule over a played world as its schedule says, and measures its alerts against the truth.
 *
 * @throws KqlError when the rule cannot be evaluated
 */
export async function measureWorkload(
  detection: Detection,
  compiled: Compiled,
  catalog: Catalog,
  played: PlayedWorld,
  attackRate: number,
  witness?: Witness,
): Promise<WorkloadMeasurement> {
  const { world, exposure } = played;
  const workload = workloadResult(detection, played);
  if (compiled.lineage === 'none') {
    const reason = 'the rows of the rule come from no event';
    return { ...noFigures(reason), literals: { unmeasured: reason }, workload };
  }
  const { runs, deployed } = detection;
  const grouping = inAnswer(detection.grouping, compiled.columns);
  const tables = playedTables(compiled, played);
  const made = await runScheduled(world, { compiled, tables }, runs, deployed.trigger);
  await gatherAlerts(world, made, grouping, tables);
  const figures = figuresOf(
    await takeCounts(world),
    exposure,
    detection.claims,
    compiled.lineage === 'one',
    attackRate,
  );
  await witness?.({ detection, compiled, catalog, played, made: { runs: made, grouping, tables } });
  const literals = await measureLiterals(
    deployed.text,
    catalog,
    await countAlerts(world, made, grouping, tables),
    workload.events,
    new RuleVersions(detection, played, tables, made),
    deployed.placeInFile,
  );
  return { ...figures, literals, workload };
}

/** What a rule was measured over. */
export function workloadResult(
  { runs, deployed }: Pick<Detection, 'runs' | 'deployed'>,
  { described, world }: PlayedWorld,
): WorkloadResult {
  const { telemetry } = described;
  return {
    ...described,
    ...(telemetry !== undefined && { telemetry: telemetrySeenBy(deployed.text, telemetry) }),
    every: formatDuration(runs.every),
    ...(runs.lookback !== undefined && { lookback: formatDuration(runs.lookback) }),
    runs: instantsOf(runs, world).length,
  };
}

/** Versions of a rule, run for the number of their alerts alone. */
class RuleVersions implements Variants<Kept> {
  private readonly detection: Detection;
  private readonly played: PlayedWorld;
  private readonly tables: readonly string[];
  private latest: readonly string[];

  constructor(detection: Detection, played: PlayedWorld, tables: readonly string[], latest: readonly string[]) {
    this.detection = detection;
    this.played = played;
    this.tables = tables;
    this.latest = latest;
  }

  async alerts(text: string, kept?: Kept): Promise<AlertCounts> {
    const { world } = this.played;
    const { runs, deployed, grouping } = this.detection;
    const compiled = await world.settle(world.compile(text));
    const alerting = inAnswer(grouping, compiled.columns);
    const rule = { compiled: forCounting(compiled, alerting), tables: this.tables };
    this.latest = await runScheduled(world, rule, runs, deployed.trigger, kept);
    return await countAlerts(world, this.latest, alerting, this.tables, kept);
  }

  keep(name: string): Promise<Kept> {
    return keepEvents(this.played.world, this.tables, idsOf(this.latest), name);
  }
}

/** The rule without the columns that no alert is told by, which DuckDB then need not compute. */
function forCounting(compiled: Compiled, grouping: Grouping): Compiled {
  const needed = typeof grouping === 'string' ? [] : grouping.perEntity.map(identifier);
  return { ...compiled, sql: `SELECT ${[...needed, '_lineage'].join(', ')} FROM (${compiled.sql})` };
}

/** The tables of a rule that hold events of the workload. */
export function playedTables(compiled: Compiled, played: PlayedWorld): string[] {
  return compiled.tables.map(({ name }) => name).filter((name) => played.tables.has(name));
}

/** A grouping by the names of the answer's columns as one by the columns of the run's table. */
export function inAnswer(grouping: Grouping, columns: readonly NamedType[]): Grouping {
  if (typeof grouping === 'string') return grouping;
  return { perEntity: grouping.perEntity.map((name) => `c${columns.findIndex((column) => column.name === name)}`) };
}
