import { native, ref } from '../kql/plan/make.js';
import type { Column, Expr, Item, Plan, Shared } from '../kql/plan/plan.js';
import { someExpr } from '../kql/plan/rewrite.js';
import type { TableSchema } from '../kql/types.js';
import { traceColumn } from './columns.js';

/** The column of a table that says to which world an event belongs. */
export const WORLD = '_world';

/** The schema of a table that holds the events of several worlds. */
export function withWorld(schema: TableSchema): TableSchema {
  return [...schema, { name: WORLD, type: 'long' }];
}

/**
 * A plan that runs in many worlds at once: no row meets a row of another world. The world of each row is the last
 * column. Nothing when the plan does what cannot be parted so: a limit, or a count that an empty world has too.
 */
export function inWorlds(plan: Plan): Plan | undefined {
  const lifted = new Lifter().lift(plan);
  if (lifted?.world === undefined) return undefined;
  return { ...lifted.plan, columns: [...plan.columns, lifted.world], order: [] } as Plan;
}

interface Lifted {
  readonly plan: Plan;
  /** Nothing for rows that are the same in every world. */
  readonly world: Column | undefined;
}

class Lifter {
  private count = 0;
  private readonly shared = new Map<number, { readonly shared: Shared; readonly world: Column | undefined }>();

  lift(plan: Plan): Lifted | undefined {
    switch (plan.kind) {
      case 'table': {
        const world = this.column();
        return { plan: { ...plan, columns: [...plan.columns, world] }, world };
      }
      case 'outside':
      case 'values':
      case 'range':
        return { plan, world: undefined };
      case 'filter': {
        const input = this.lift(plan.input);
        if (input === undefined || asksAnotherPlan(plan.predicate)) return undefined;
        return { plan: { ...plan, input: input.plan, columns: passed(plan, input.world) }, world: input.world };
      }
      case 'sort': {
        const input = this.lift(plan.input);
        return (
          input && { plan: { ...plan, input: input.plan, columns: passed(plan, input.world) }, world: input.world }
        );
      }
      case 'project': {
        const input = this.lift(plan.input);
        if (input === undefined || plan.items.some(({ expr }) => asksAnotherPlan(expr))) return undefined;
        const { world } = input;
        const items = plan.items.map((item) => ({ ...item, expr: within(item.expr, world) }));
        const all = world === undefined ? items : [...items, { column: world, expr: ref(world) }];
        return { plan: { ...plan, input: input.plan, items: all, columns: passed(plan, world) }, world };
      }
      case 'expand': {
        const input = this.lift(plan.input);
        return (
          input && { plan: { ...plan, input: input.plan, columns: passed(plan, input.world) }, world: input.world }
        );
      }
      case 'aggregate': {
        const input = this.lift(plan.input);
        if (input === undefined) return undefined;
        const { world } = input;
        if (world === undefined) return { plan: { ...plan, input: input.plan }, world };
        if (plan.keys.length === 0) return undefined;
        const keys = [...plan.keys, { column: world, expr: ref(world) }];
        return { plan: { ...plan, input: input.plan, keys, columns: passed(plan, world) }, world };
      }
      case 'join':
        return this.join(plan);
      case 'union': {
        const inputs = plan.inputs.map((input) => ({ ...input, lifted: this.lift(input.plan) }));
        const world = this.column();
        const parted = inputs.flatMap(({ exprs, lifted }) =>
          lifted?.world === undefined ? [] : [{ plan: lifted.plan, exprs: [...exprs, ref(lifted.world)] }],
        );
        if (parted.length < inputs.length) return undefined;
        return { plan: { ...plan, inputs: parted, columns: passed(plan, world) }, world };
      }
      case 'reference': {
        const shared = this.share(plan.shared);
        if (shared === undefined) return undefined;
        if (shared.world === undefined) return { plan: { ...plan, shared: shared.shared }, world: undefined };
        const world = this.column();
        const mapping = [...plan.mapping, { from: shared.world, to: world }];
        return { plan: { ...plan, shared: shared.shared, mapping, columns: passed(plan, world) }, world };
      }
      default:
        return undefined;
    }
  }

  private join(plan: Extract<Plan, { kind: 'join' }>): Lifted | undefined {
    const left = this.lift(plan.left);
    const right = this.lift(plan.right);
    if (left === undefined || right === undefined) return undefined;
    if (plan.where !== undefined && asksAnotherPlan(plan.where)) return undefined;
    const sides = { ...plan, left: left.plan, right: right.plan };
    if (left.world === undefined && right.world === undefined) return { plan: sides, world: undefined };
    if (left.world === undefined || right.world === undefined) {
      // Rows that are the same in every world would have to be lost in each of them apart.
      const only = left.world ?? right.world;
      const safe = plan.join === 'inner' || (left.world !== undefined && plan.join !== 'right' && plan.join !== 'full');
      if (!safe || only === undefined || plan.unique) return undefined;
      const items = [...plan.items, { column: only, expr: ref(only) }];
      return { plan: { ...sides, items, columns: passed(plan, only) }, world: only };
    }
    const one = ref(left.world);
    const other = ref(right.world);
    const half = plan.join === 'semi' || plan.join === 'anti';
    const either = native('long', [one, other], ([l, r]) => `coalesce(${l?.sql}, ${r?.sql})`);
    const world = this.column();
    const item: Item = { column: world, expr: half ? one : either };
    return {
      plan: {
        ...sides,
        on: [...plan.on, { left: one, right: other }],
        items: [...plan.items, item],
        columns: passed(plan, world),
      },
      world,
    };
  }

  private share(shared: Shared): { readonly shared: Shared; readonly world: Column | undefined } | undefined {
    const known = this.shared.get(shared.id);
    if (known !== undefined) return known;
    const lifted = this.lift(shared.plan);
    if (lifted === undefined) return undefined;
    const made = { shared: { id: shared.id, plan: lifted.plan }, world: lifted.world };
    this.shared.set(shared.id, made);
    return made;
  }

  private column(): Column {
    return traceColumn(this.count++, WORLD, 'long');
  }
}

function passed(plan: Plan, world: Column | undefined): readonly Column[] {
  return world === undefined ? plan.columns : [...plan.columns, world];
}

/** Whether an expression asks a plan of its own, which would see all worlds. */
function asksAnotherPlan(expr: Expr): boolean {
  return someExpr(expr, ({ kind }) => kind === 'scalar-query' || kind === 'in-query');
}

/** A window function over the rows of its world alone. */
function within(expr: Expr, world: Column | undefined): Expr {
  if (expr.kind !== 'window' || world === undefined) return expr;
  return { ...expr, partition: [...expr.partition, ref(world)] };
}
