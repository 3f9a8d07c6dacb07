import type { Detection } from '../detection/detection.js';
import { type Compiled, type Diagnostic, KqlError } from '../kql/index.js';
import { catalogOf } from '../measure/catalog.js';
import { ALERTS, type Counts, gatherAlerts, HITS, takeCounts } from '../measure/counts.js';
import { type Claims, type Figures, figuresOf, noFigures } from '../measure/figures.js';
import type { PlayedWorld } from '../measure/play.js';
import { runScheduled } from '../measure/runs.js';
import { inAnswer, playedTables } from '../measure/workload.js';
import { compileTraced } from '../measure/world.js';

export type SideName = 'base' | 'head';

/** A version that ran: its alerts and their events stay in the tables of its side. */
export interface Ran {
  readonly compiled: Compiled;
  /** The tables with events that it reads. */
  readonly tables: readonly string[];
  readonly counts: Counts;
  readonly figures: Figures;
}

/** A version of a detection in a world. */
export interface Version {
  readonly ran?: Ran;
  /** Why it does not run, where that is so. */
  readonly refused?: readonly Diagnostic[];
  /** Why there is nothing to compare. */
  readonly absent?: string;
  readonly figures: Figures;
}

/** Temporary tables with the alerts of a side, and with the events of each (`alert`, `id`, `activity`, …). */
export function tablesOf(side: SideName): { readonly alerts: string; readonly hits: string } {
  return { alerts: `_${side}_alerts`, hits: `_${side}_hits` };
}

/**
 * Runs one version over a world as its schedule says, and keeps its alerts in the tables of its side; of a version that
 * is not there or does not run they are empty.
 */
export async function runVersion(
  side: SideName,
  detection: Detection | undefined,
  claims: Claims | undefined,
  played: PlayedWorld,
  attackRate: number,
): Promise<Version> {
  const { world, exposure } = played;
  if (detection === undefined) {
    return await without(side, played, `there is no ${side === 'base' ? 'older' : 'newer'} version`);
  }
  try {
    const compiled = await world.settle(compileTraced(detection.deployed.text, catalogOf(detection)));
    if (compiled.lineage === 'none') return await without(side, played, 'the rows of the rule come from no event');
    const tables = playedTables(compiled, played);
    const made = await runScheduled(world, { compiled, tables }, detection.runs, detection.deployed.trigger);
    await gatherAlerts(world, made, inAnswer(detection.grouping, compiled.columns), tables);
    const counts = await takeCounts(world);
    const figures = figuresOf(counts, exposure, claims ?? everything(counts), compiled.lineage === 'one', attackRate);
    const { alerts, hits } = tablesOf(side);
    await world.query(`CREATE OR REPLACE TEMP TABLE ${alerts} AS SELECT DISTINCT alert FROM ${ALERTS}`);
    await world.query(`CREATE OR REPLACE TEMP TABLE ${hits} AS FROM ${HITS}`);
    return { ran: { compiled, tables, counts, figures }, figures };
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    const reason = `the ${side === 'base' ? 'older' : 'newer'} rule does not run`;
    return { ...(await without(side, played, reason)), refused: error.diagnostics };
  }
}

async function without(side: SideName, { world }: PlayedWorld, reason: string): Promise<Version> {
  const { alerts, hits } = tablesOf(side);
  await world.query(`CREATE OR REPLACE TEMP TABLE ${alerts} (alert BIGINT)`);
  await world.query(
    `CREATE OR REPLACE TEMP TABLE ${hits}
       (alert BIGINT, id BIGINT, activity BIGINT, scenario VARCHAR, label VARCHAR, host VARCHAR)`,
  );
  return { absent: reason, figures: noFigures(reason) };
}

/** A rule that claims nothing is held against every attack. */
export function everything({ scenarios }: Counts): Claims {
  const techniques = scenarios.flatMap(({ technique }) => (technique === undefined ? [] : [technique]));
  return { techniques: [...new Set(techniques)], roles: ['lookup', 'callback', 'setup', 'background'] };
}
