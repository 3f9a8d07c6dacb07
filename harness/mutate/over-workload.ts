import type { Detection } from '../detection/detection.js';
import type { Events } from '../detection/tests-schema.js';
import { type RunOptions, ruleTime } from '../engine/index.js';
import { type CompileOptions, type Planned, print } from '../kql/index.js';
import type { Expr } from '../kql/plan/plan.js';
import { identifier } from '../kql/sql/literal.js';
import type { PlayedWorld } from '../measure/play.js';
import { instantsOf } from '../measure/runs.js';
import { seeing, type View } from '../measure/world.js';
import { testsIn } from '../trace/neighbours.js';
import { columnsIn, type RowRule, rowRule } from '../trace/row-rule.js';
import { type Difference, differences } from './differences.js';
import { eventRows } from './event-rows.js';
import type { Version } from './mutants.js';

/** What a mutant changes over a workload, summed over the runs of the rule's schedule. */
export interface WorkloadEffect extends Omit<Difference, 'sample'> {
  /** An event on which the mutant parts from the rule, where it looks at one event at a time. */
  readonly event?: Events;
}

/**
 * What mutants change over a workload. Those of a rule that looks at one event at a time are decided all at once, in one
 * scan for each run of its schedule; the rows that each of the others returns are held against the rule's.
 *
 * @returns by the id of the mutant; one that changes nothing is left out
 * @throws KqlError when the rule cannot be evaluated
 */
export async function overWorkload(
  detection: Detection,
  rule: Planned,
  versions: readonly Version[],
  played: PlayedWorld,
  options: CompileOptions,
): Promise<ReadonlyMap<number, WorkloadEffect>> {
  const row = rowRule(rule.plan);
  const single = versions.filter((version) => row !== undefined && version.row?.table === row.table);
  const several = versions.filter((version) => !single.includes(version));
  const { world, tables, engine } = played;
  const compiled = print(rule, options);
  const read = compiled.tables.map(({ name }) => name).filter((name) => tables.has(name));
  const effects = new Map<number, WorkloadEffect>();
  const add = (version: Version, { gained, lost, altered }: Omit<Difference, 'sample'>, event?: Events): void => {
    const before = effects.get(version.mutant.id) ?? { gained: 0, lost: 0, altered: 0 };
    const found = before.event ?? event;
    effects.set(version.mutant.id, {
      gained: before.gained + gained,
      lost: before.lost + lost,
      altered: before.altered + altered,
      ...(found !== undefined && { event: found }),
    });
  };
  for (const now of instantsOf(detection.runs, world)) {
    const { lookback } = detection.runs;
    const view: View = {
      ...(lookback !== undefined && { from: now - lookback }),
      ...(now < world.end && { to: now }),
    };
    const run = { now, ...ruleTime() };
    if (row !== undefined && single.length > 0) {
      const rows = single.map((version) => version.row).filter((of) => of !== undefined);
      const found = await seeing(world, read, view, () => differences(row, rows, engine, options, run));
      for (const [index, difference] of found.entries()) {
        const version = single[index];
        if (difference === undefined || version === undefined) continue;
        const columns = columnsIn([...testsOf(row), ...testsOf(rows[index])]).map(({ name }) => name);
        const read = async (): Promise<Events> => ({
          [row.table]: await eventRows(world, row.table, [difference.sample], new Set(columns), options.names),
        });
        add(version, difference, effects.get(version.mutant.id)?.event ?? (await read()));
      }
    }
    for (const version of several) {
      const difference = await seeing(world, read, view, () => rowsApart(rule, version.planned, played, options, run));
      if (difference.gained + difference.lost > 0) add(version, difference);
    }
  }
  return effects;
}

/** What a rule asks of a row. */
function testsOf(rule: RowRule | undefined): readonly Expr[] {
  if (rule === undefined) return [];
  return [...rule.conditions, ...rule.outputs.map(({ expr }) => expr)].flatMap(testsIn);
}

/** The rows that only one of two queries returns. */
async function rowsApart(
  rule: Planned,
  mutant: Planned,
  { engine }: PlayedWorld,
  options: CompileOptions,
  run: RunOptions,
): Promise<Omit<Difference, 'sample'>> {
  const [ours, theirs] = [print(rule, options), print(mutant, options)];
  const [was, is] = [
    await engine.materialize(ours, '_mutate_rule', run),
    await engine.materialize(theirs, '_mutate_mutant', run),
  ];
  const types = ({ columns }: typeof ours): string => columns.map(({ type }) => type).join();
  if (types(ours) !== types(theirs)) return { gained: is, lost: was, altered: 0 };
  const columns = ours.columns.map((_, i) => identifier(`c${i}`)).join(', ');
  const apart = async (of: string, other: string): Promise<number> => {
    const [row] = await engine.query(
      `SELECT count(*) FROM (SELECT ${columns} FROM ${of} EXCEPT ALL SELECT ${columns} FROM ${other})`,
    );
    return Number(row?.[0]);
  };
  return {
    gained: await apart('_mutate_mutant', '_mutate_rule'),
    lost: await apart('_mutate_rule', '_mutate_mutant'),
    altered: 0,
  };
}
