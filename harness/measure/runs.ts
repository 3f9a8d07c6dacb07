import type { Schedule, Trigger } from '../detection/rule.js';
import { FileError } from '../files/errors.js';
import { howToRaise, limit } from '../files/limits.js';
import type { Compiled } from '../kql/index.js';
import { identifier } from '../kql/sql/literal.js';
import { triggers } from './expectation.js';
import { type Kept, seeing, type View, type World } from './world.js';

/** A rule and those of the tables it reads that hold events. */
export interface RunnableRule {
  readonly compiled: Compiled;
  readonly tables: readonly string[];
}

/**
 * The instants at which a rule runs in a world: after each interval, the last at the world's end or before it.
 *
 * @throws FileError for a schedule that comes to too many runs
 */
export function instantsOf(schedule: Schedule, { start, end }: Pick<World, 'start' | 'end'>): bigint[] {
  const count = (end - start) / schedule.every;
  if (count > BigInt(limit('rule-runs'))) {
    const message = `The rule would run ${count.toLocaleString('en-US')} times over this workload. ${howToRaise('rule-runs')}`;
    throw new FileError([{ ...(schedule.statedAt ?? { file: 'schedule', line: 0, column: 0 }), message }]);
  }
  const instants: bigint[] = [];
  for (let now = start + schedule.every; now <= end; now += schedule.every) instants.push(now);
  // A rule that runs more seldom than the world lasts is still run once.
  return instants.length === 0 ? [end] : instants;
}

/**
 * Runs a rule as often as its schedule says, each time over what has happened by then.
 *
 * @param kept the only events that are there; all when absent
 * @returns the temporary tables with the rows of each run; those that did not trigger are empty
 */
export async function runScheduled(
  world: World,
  rule: RunnableRule,
  schedule: Schedule,
  trigger: Trigger | undefined,
  kept?: Kept,
): Promise<string[]> {
  const instants = instantsOf(schedule, world);
  const tables: string[] = [];
  for (const [index, now] of instants.entries()) {
    const table = `_run_${index}`;
    const view: View = {
      kept,
      ...(schedule.lookback !== undefined && { from: now - schedule.lookback }),
      ...(now < world.end && { to: now }),
    };
    const rows = await seeing(world, rule.tables, view, () => world.materialize(rule.compiled, table, now));
    if (!triggers(rows, trigger)) await world.query(`DELETE FROM temp.${identifier(table)}`);
    tables.push(table);
  }
  return tables;
}
