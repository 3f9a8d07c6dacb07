import type { Detection } from '../detection/detection.js';
import { literalLists } from '../detection/lists.js';
import type { Trigger } from '../detection/rule.js';
import { KqlError, type Names } from '../kql/index.js';
import { idsOf } from '../measure/counts.js';
import type { PlayedWorld } from '../measure/play.js';
import { runScheduled } from '../measure/runs.js';
import { playedTables } from '../measure/workload.js';
import { type Kept, keepEvents } from '../measure/world.js';
import type { Swing } from './result.js';
import { CHANGED_EVENTS } from './swings.js';

/** An event that only one version's alerts came from. */
export interface ChangedEvent {
  readonly id: bigint;
  readonly direction: 'gained' | 'lost';
  readonly truth: 'true' | 'false';
}

/** A version of a rule, and the detection that says how it is run. */
export interface Candidate {
  readonly text: string;
  readonly run: Detection;
}

/** No event gained, none lost. */
export function nothing(): Swing {
  return { gained: { true: 0, false: 0 }, lost: { true: 0, false: 0 } };
}

/** Runs versions for the changed events that they return. */
export class Runner {
  private readonly played: PlayedWorld;
  private readonly tables: readonly string[];
  /** The changed events alone, where no version looks at others. */
  private readonly kept: Kept | undefined;

  private constructor(
    played: PlayedWorld,
    tables: readonly string[],
    kept: Kept | undefined,
    readonly events: readonly ChangedEvent[],
  ) {
    this.played = played;
    this.tables = tables;
    this.kept = kept;
  }

  /** @param versions those between which, or near which, the versions lie that are to be run; all of them can be run */
  static async over(played: PlayedWorld, versions: readonly Detection[], names: Names): Promise<Runner> {
    const { world } = played;
    const tables = [...new Set(versions.flatMap(({ deployed }) => playedTables(world.compile(deployed.text), played)))];
    const alone = versions.every(
      ({ deployed }) => anyRowTriggers(deployed.trigger) && literalLists(deployed.text, names).rowByRow,
    );
    const ids = `SELECT id FROM ${CHANGED_EVENTS}`;
    const kept = alone ? await keepEvents(world, tables, ids, 'changed') : undefined;
    return new Runner(played, tables, kept, await changedEvents(played));
  }

  get rowByRow(): boolean {
    return this.kept !== undefined;
  }

  /** The changed events that a version returns; nothing where it does not run. */
  async returned({ text, run }: Candidate): Promise<ReadonlySet<bigint> | undefined> {
    const { world } = this.played;
    try {
      const compiled = await world.settle(world.compile(text));
      if (compiled.lineage === 'none') return undefined;
      const used = playedTables(compiled, this.played);
      const tables = this.tables.filter((table) => used.includes(table));
      const rule = { compiled: { ...compiled, sql: `SELECT _lineage FROM (${compiled.sql})` }, tables };
      const made = await runScheduled(world, rule, run.runs, run.deployed.trigger, this.kept);
      const rows = await world.query(
        `SELECT DISTINCT id FROM (${idsOf(made)}) AS hit(id) SEMI JOIN ${CHANGED_EVENTS} USING (id)`,
      );
      return new Set(rows.map((row) => row['id'] as bigint));
    } catch (error) {
      if (error instanceof KqlError) return undefined;
      throw error;
    }
  }
}

async function changedEvents({ world }: PlayedWorld): Promise<ChangedEvent[]> {
  const rows = await world.query(`SELECT id, direction, label FROM ${CHANGED_EVENTS}`);
  return rows.map((row) => ({
    id: row['id'] as bigint,
    direction: row['direction'] === 'gained' ? 'gained' : 'lost',
    truth: row['label'] === 'malicious' ? 'true' : 'false',
  }));
}

/** Whether a run raises something as soon as it returns a row, so that what it makes of an event depends on no other. */
function anyRowTriggers(trigger: Trigger | undefined): boolean {
  return trigger === undefined || (trigger.operator === 'gt' && trigger.threshold === 0);
}
