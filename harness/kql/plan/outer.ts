import { carried } from './make.js';
import type { AggregateItem, Column, Plan } from './plan.js';
import { mapExpr } from './rewrite.js';
import { exprsOf, inputsOf } from './walk.js';

const known = new WeakMap<Plan, boolean>();

/** Whether a plan uses columns of a row around it, as the body of a lateral query may: it has no meaning of its own then. */
export function usesOuterRow(plan: Plan): boolean {
  let uses = known.get(plan);
  if (uses === undefined) {
    const made = new Set<number>();
    const used = new Set<number>();
    visit(plan, made, used, new Set());
    uses = [...used].some((id) => !made.has(id));
    known.set(plan, uses);
  }
  return uses;
}

/** @param seen plans that were visited: of those that share parts, each part is visited once */
function visit(plan: Plan, made: Set<number>, used: Set<number>, seen: Set<Plan>): void {
  if (seen.has(plan)) return;
  seen.add(plan);
  for (const column of [...carried(plan), ...columnsMadeBy(plan)]) made.add(column.id);
  for (const expr of exprsOf(plan)) {
    mapExpr(expr, (node) => {
      if (node.kind === 'column') used.add(node.column.id);
      if (node.kind === 'scalar-query' || node.kind === 'in-query') visit(node.plan, made, used, seen);
      return node;
    });
  }
  for (const input of inputsOf(plan)) visit(input, made, used, seen);
}

/** Columns that a node makes, whether or not it goes on to show them. */
function columnsMadeBy(plan: Plan): readonly Column[] {
  switch (plan.kind) {
    case 'project':
    case 'join':
      return plan.items.map((item) => item.column);
    case 'aggregate':
      return [...plan.keys.map((key) => key.column), ...plan.aggregates.flatMap(columnsOfAggregate)];
    case 'expand':
      return [...plan.lists.map((list) => list.column), plan.place];
    case 'current':
      return [plan.part, plan.place, plan.last, plan.events];
    case 'reference':
      return plan.mapping.map(({ to }) => to);
    default:
      return [];
  }
}

function columnsOfAggregate(item: AggregateItem): readonly Column[] {
  return item.kind === 'pick' ? item.items.map((picked) => picked.column) : [item.column];
}
