import { carried, join, literal, native, project, range, ref } from '../kql/plan/make.js';
import type { Aggregate, Column, Expr, InQuery, Item, Limit, Plan, ScalarQuery, Shared } from '../kql/plan/plan.js';
import { mapExpr, someExpr } from '../kql/plan/rewrite.js';
import type { KqlType, TableSchema } from '../kql/types.js';
import { traceColumn } from './columns.js';

/** The column of a table that says to which world an event belongs. */
export const WORLD = '_world';

/** The schema of a table that holds the events of several worlds. */
export function withWorld(schema: TableSchema): TableSchema {
  return [...schema, { name: WORLD, type: 'long' }];
}

/**
 * A plan that runs in many worlds at once: no row meets a row of another world. The world of each row is the last
 * column. Nothing when the plan does what cannot be parted so, as a row beside each row of another plan.
 *
 * @param count how many worlds there are, numbered from 0
 */
export function inWorlds(plan: Plan, count: number): Plan | undefined {
  const lifted = new Lifter(count).lift(plan);
  if (lifted?.world === undefined) return undefined;
  return { ...lifted.plan, columns: [...plan.columns, lifted.world], order: [] } as Plan;
}

interface Lifted {
  readonly plan: Plan;
  /** Nothing for rows that are the same in every world. */
  readonly world: Column | undefined;
}

/** A part of a plan with expressions over it. */
interface Asking extends Lifted {
  readonly exprs: readonly Expr[];
}

class Lifter {
  private made = 0;
  private readonly shared = new Map<number, { readonly shared: Shared; readonly world: Column | undefined }>();

  /** @param count of worlds */
  constructor(private readonly count: number) {}

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
        const input = this.asking(plan.input, [plan.predicate]);
        const [predicate] = input?.exprs ?? [];
        if (input === undefined || predicate === undefined) return undefined;
        const { world } = input;
        return { plan: { ...plan, input: input.plan, predicate, columns: passed(plan, world) }, world };
      }
      case 'sort': {
        const input = this.lift(plan.input);
        return (
          input && { plan: { ...plan, input: input.plan, columns: passed(plan, input.world) }, world: input.world }
        );
      }
      case 'limit':
        return this.limit(plan);
      case 'project': {
        const input = this.asking(
          plan.input,
          plan.items.map(({ expr }) => expr),
        );
        if (input === undefined) return undefined;
        const { world } = input;
        const items = plan.items.map(
          ({ column, expr }, i): Item => ({ column, expr: within(input.exprs[i] ?? expr, world) }),
        );
        const all = world === undefined ? items : [...items, { column: world, expr: ref(world) }];
        return { plan: { ...plan, input: input.plan, items: all, columns: passed(plan, world) }, world };
      }
      case 'expand': {
        const input = this.lift(plan.input);
        if (input === undefined || plan.lists.some(({ list }) => asksAnotherPlan(list))) return undefined;
        return { plan: { ...plan, input: input.plan, columns: passed(plan, input.world) }, world: input.world };
      }
      case 'aggregate':
        return this.aggregate(plan);
      case 'join':
        return this.join(plan);
      case 'union': {
        const inputs = plan.inputs.map((input) => ({ ...input, lifted: this.lift(input.plan) }));
        if (inputs.some(({ exprs }) => exprs.some(asksAnotherPlan))) return undefined;
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

  /** As many rows of each world. */
  private limit(plan: Limit): Lifted | undefined {
    const input = this.lift(plan.input);
    if (input === undefined || asksAnotherPlan(plan.count)) return undefined;
    const { world } = input;
    if (world === undefined) return { plan: { ...plan, input: input.plan }, world };
    const place = this.column('place');
    const numbered = [...carried(plan.input), world].map((column): Item => ({ column, expr: ref(column) }));
    const number: Expr = {
      kind: 'window',
      args: [],
      emit: (_, over) => `row_number() ${over}`,
      partition: [ref(world)],
      running: false,
      type: 'long',
    };
    const ordered: Plan = { ...input.plan, order: plan.input.order };
    return {
      plan: {
        kind: 'filter',
        input: project(ordered, [...numbered, { column: place, expr: number }]),
        predicate: native('bool', [ref(place), plan.count], ([at, most]) => `(${at?.sql} <= ${most?.sql})`),
        columns: passed(plan, world),
        order: plan.order,
      },
      world,
    };
  }

  private aggregate(plan: Aggregate): Lifted | undefined {
    const input = this.lift(plan.input);
    const exprs = [
      ...plan.keys.map(({ expr }) => expr),
      ...plan.aggregates.flatMap((item) =>
        item.kind === 'pick' ? [item.by, ...item.items.map(({ expr }) => expr)] : item.args,
      ),
    ];
    if (input === undefined || exprs.some(asksAnotherPlan)) return undefined;
    const { world } = input;
    if (world === undefined) return { plan: { ...plan, input: input.plan }, world };
    const keys = [...plan.keys, { column: world, expr: ref(world) }];
    const grouped = { ...plan, input: input.plan, keys, columns: passed(plan, world) };
    return plan.keys.length > 0 ? { plan: grouped, world } : this.ofAll(plan, grouped, world);
  }

  /** One row for each world, also for those in which the input has none. */
  private ofAll(plan: Aggregate, grouped: Aggregate, world: Column): Lifted {
    const each = this.column();
    const nothing: Plan = { ...plan, input: { ...plan.input, kind: 'values', columns: carried(plan.input), rows: [] } };
    const made = plan.aggregates.flatMap((item) =>
      item.kind === 'pick' ? item.items.map(({ column }) => column) : [item.column],
    );
    const items = made.map((column): Item => {
      const ofNothing: Expr = { kind: 'scalar-query', plan: nothing, column, type: column.type };
      const args = [ref(world), ref(column), ofNothing];
      return {
        column,
        expr: native(column.type, args, ([there, value, none]) => {
          return `CASE WHEN ${there?.sql} IS NULL THEN ${none?.sql} ELSE ${value?.sql} END`;
        }),
      };
    });
    const all = join({
      join: 'left',
      left: range(each, literal(0n, 'long'), literal(BigInt(this.count - 1), 'long'), literal(1n, 'long')),
      right: { ...grouped, columns: [...made, world] },
      on: [{ left: ref(each), right: ref(world) }],
      unique: false,
      items: [...items, { column: each, expr: ref(each) }],
    });
    return { plan: { ...all, columns: passed(plan, each) }, world: each };
  }

  /**
   * A plan with expressions over it that may ask plans of their own: a value of another plan comes from a join with that
   * plan, and membership is asked of the row's own world. Nothing where that cannot be.
   */
  private asking(plan: Plan, exprs: readonly Expr[]): Asking | undefined {
    const input = this.lift(plan);
    if (input === undefined || !exprs.some(asksAnotherPlan)) return input && { ...input, exprs };
    const { world } = input;
    let from = input.plan;
    let possible = true;
    const columns = [...carried(plan), ...(world === undefined ? [] : [world])];
    const asked = exprs.map((expr) =>
      mapExpr(expr, (part) => {
        if (part.kind === 'in-query') {
          const own = this.among(part, world);
          possible &&= own !== undefined;
          return own ?? part;
        }
        if (part.kind !== 'scalar-query') return part;
        const value = this.valueOf(part);
        if (value === undefined) {
          possible = false;
          return part;
        }
        if (value.world === undefined) return { ...part, plan: value.plan };
        if (world === undefined) {
          possible = false;
          return part;
        }
        const { column } = value;
        from = join({
          join: 'left',
          left: from,
          right: value.plan,
          on: [{ left: ref(world), right: ref(value.world) }],
          unique: false,
          items: [...columns, column].map((passed): Item => ({ column: passed, expr: ref(passed) })),
        });
        columns.push(column);
        if (column.type !== 'string') return ref(column);
        return native('string', [ref(column)], ([text]) => `coalesce(${text?.sql}, '')`);
      }),
    );
    return possible ? { plan: { ...from, order: plan.order }, world, exprs: asked } : undefined;
  }

  /** The value that a query of at most one row gives in each world. */
  private valueOf({ plan, column }: ScalarQuery): (Lifted & { readonly column: Column }) | undefined {
    const lifted = atMostOne(plan) ? this.lift(plan) : undefined;
    if (lifted?.world === undefined) return lifted && { ...lifted, column };
    const [world, value] = [this.column(), this.column('value', column.type)];
    const items = [
      { column: value, expr: ref(column) },
      { column: world, expr: ref(lifted.world) },
    ];
    return { plan: { ...project(lifted.plan, items), order: [] }, world, column: value };
  }

  /** Membership among the rows of the same world: of the value together with the number of its world. */
  private among(expr: InQuery, world: Column | undefined): InQuery | undefined {
    const lifted = this.lift(expr.plan);
    if (lifted?.world === undefined) return lifted && { ...expr, plan: lifted.plan };
    const { type } = expr.value;
    if (world === undefined || type !== expr.column.type || !WRITTEN_ALIKE.has(type)) return undefined;
    const key = this.column('key', 'string');
    const ofWorld = (value: Expr, of: Column): Expr =>
      native('string', [ref(of), value], ([number, text]) => `(${number?.sql} || ' ' || ${text?.sql}::VARCHAR)`);
    const plan = project(lifted.plan, [{ column: key, expr: ofWorld(ref(expr.column), lifted.world) }]);
    return { ...expr, value: ofWorld(expr.value, world), plan: { ...plan, order: [] }, column: key };
  }

  private join(plan: Extract<Plan, { kind: 'join' }>): Lifted | undefined {
    const left = this.lift(plan.left);
    const right = this.lift(plan.right);
    if (left === undefined || right === undefined) return undefined;
    const on = plan.on.flatMap((pair) => [pair.left, pair.right]);
    if ([...on, ...(plan.where ? [plan.where] : [])].some(asksAnotherPlan)) return undefined;
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

  private column(name = WORLD, type: KqlType = 'long'): Column {
    return traceColumn(this.made++, name, type);
  }
}

/** Types of which equal values are written alike, and others differently. */
const WRITTEN_ALIKE: ReadonlySet<KqlType> = new Set(['string', 'int', 'long', 'bool', 'datetime', 'timespan', 'guid']);

/** Whether a plan has one row at most, so that it does not matter which is the first. */
function atMostOne(plan: Plan): boolean {
  switch (plan.kind) {
    case 'aggregate':
      return plan.keys.length === 0;
    case 'filter':
    case 'project':
    case 'sort':
      return atMostOne(plan.input);
    case 'limit':
      return atMostOne(plan.input) || (plan.count.kind === 'literal' && Number(plan.count.value) <= 1);
    case 'reference':
      return atMostOne(plan.shared.plan);
    default:
      return false;
  }
}

function passed(plan: Plan, world: Column | undefined): readonly Column[] {
  return world === undefined ? plan.columns : [...plan.columns, world];
}

/** Whether an expression asks a plan of its own, which would see all worlds. */
export function asksAnotherPlan(expr: Expr): boolean {
  return someExpr(expr, ({ kind }) => kind === 'scalar-query' || kind === 'in-query');
}

/** A window function over the rows of its world alone. */
function within(expr: Expr, world: Column | undefined): Expr {
  if (expr.kind !== 'window' || world === undefined) return expr;
  return { ...expr, partition: [...expr.partition, ref(world)] };
}
