import { expand, filter, limit, project, sort } from './make.js';
import type { AggregateItem, Expr, Plan } from './plan.js';
import { mapExpr, someExpr } from './rewrite.js';

/**
 * The plan without columns that nobody needs, down to the first node that is not one of the common ones.
 *
 * DuckDB prunes by itself, but not what a lateral query takes from the row around it: there each column costs.
 */
export function prune(plan: Plan, needed: ReadonlySet<number>): Plan {
  const wanted = new Set([...needed, ...plan.order.map((key) => key.column.id)]);
  switch (plan.kind) {
    case 'project': {
      const items = plan.items.filter((item) => wanted.has(item.column.id));
      const exprs = items.map((item) => item.expr);
      if (exprs.some(looksElsewhere)) return plan;
      const input = prune(plan.input, columnsOf(exprs));
      return { ...project(input, items), ...shown(plan, wanted), ...(plan.events ? { events: plan.events } : {}) };
    }
    case 'filter': {
      if (looksElsewhere(plan.predicate)) return plan;
      const input = prune(plan.input, new Set([...wanted, ...columnsOf([plan.predicate])]));
      return { ...filter(input, plan.predicate), ...shown(plan, wanted) };
    }
    case 'sort': {
      const input = prune(plan.input, wanted);
      return { ...sort(input, plan.order), ...shown(plan, wanted), order: plan.order };
    }
    case 'limit':
      return { ...limit(prune(plan.input, wanted), plan.count), ...shown(plan, wanted) };
    case 'expand': {
      const exprs = plan.lists.map((list) => list.list);
      if (exprs.some(looksElsewhere)) return plan;
      const made = new Set(plan.lists.map((list) => list.column.id));
      const kept = plan.columns.filter(
        (column) => wanted.has(column.id) && !made.has(column.id) && column.id !== plan.place.id,
      );
      const input = prune(plan.input, new Set([...kept.map((column) => column.id), ...columnsOf(exprs)]));
      return { ...expand(input, kept, plan.lists, plan.place, plan.columns.includes(plan.place)), order: plan.order };
    }
    case 'aggregate': {
      const exprs = [...plan.keys.map((key) => key.expr), ...plan.aggregates.flatMap(exprsOf)];
      if (exprs.some(looksElsewhere)) return plan;
      return { ...plan, input: prune(plan.input, columnsOf(exprs)) };
    }
    default:
      return plan;
  }
}

function shown(plan: Plan, wanted: ReadonlySet<number>): Pick<Plan, 'columns'> {
  return { columns: plan.columns.filter((column) => wanted.has(column.id)) };
}

function exprsOf(item: AggregateItem): readonly Expr[] {
  return item.kind === 'pick' ? [item.by, ...item.items.map((picked) => picked.expr)] : item.args;
}

/** Expressions with a query of their own may use columns from around it. */
function looksElsewhere(expr: Expr): boolean {
  return someExpr(expr, (node) => node.kind === 'scalar-query' || node.kind === 'in-query');
}

function columnsOf(exprs: readonly Expr[]): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const expr of exprs) {
    mapExpr(expr, (node) => {
      if (node.kind === 'column') ids.add(node.column.id);
      return node;
    });
  }
  return ids;
}
