import type { Engine, RunOptions } from '../engine/index.js';
import { type CompileOptions, printShared } from '../kql/index.js';
import { usesOuterRow } from '../kql/plan/outer.js';
import type { Plan, Shared } from '../kql/plan/plan.js';
import { plansIn } from '../trace/expressions.js';

/** Where the rows of shared plans are held. */
export type Held = ReadonlyMap<number, string>;

/**
 * Puts the rows of what a rule shares between its steps into tables, with their lineage, so that looking at each step
 * does not run it anew.
 *
 * @throws KqlError when a plan cannot be evaluated
 */
export async function holdShared(engine: Engine, run: RunOptions, plan: Plan, options: CompileOptions): Promise<Held> {
  const held = new Map<number, string>();
  for (const shared of sharedIn(plan)) {
    if (usesOuterRow(shared.plan)) continue;
    const name = `_shared_${shared.id}`;
    await engine.hold(printShared(shared, { ...options, lineage: true, held }), name, run);
    held.set(shared.id, name);
  }
  return held;
}

export async function dropShared(engine: Engine, held: Held): Promise<void> {
  for (const name of held.values()) await engine.query(`DROP TABLE temp.${name}`);
}

/** What a plan shares, each after what it is made of. */
function sharedIn(plan: Plan): readonly Shared[] {
  const found = new Map<number, Shared>();
  const visit = (from: Plan): void => {
    for (const node of plansIn(from)) {
      if (node.kind !== 'reference' || found.has(node.shared.id)) continue;
      visit(node.shared.plan);
      found.set(node.shared.id, node.shared);
    }
  };
  visit(plan);
  return [...found.values()];
}
