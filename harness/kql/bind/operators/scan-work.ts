/** The work that `scan` does on one row: states as columns, and the stages that compute the states after it. */
import { keep, native, project, ref } from '../../plan/make.js';
import type { Column, Current, Expr, Item, Plan } from '../../plan/plan.js';
import { mapExpr, someExpr } from '../../plan/rewrite.js';
import { present } from '../../syntax.js';
import type { Binder } from '../binder.js';

/** The state of a step, in the columns that hold it at some point of the work on a row. */
export interface State {
  readonly active: Column;
  readonly id: Column;
  /** The events behind the sequence, and behind it without the rows of this step. */
  readonly events: Column;
  readonly before: Column;
  /** What the sequence had at each step up to this one, by the column that stands for it. */
  readonly values: ReadonlyMap<number, Column>;
}

/** The work on one row: a chain of stages, each with the columns of the one before. */
export class Work {
  readonly states: State[];
  /** Whether a sequence moved to a step, by step. */
  readonly moved = new Map<number, Column>();
  readonly row: Column;
  private done: Plan;
  /** Columns of the stage in the making: they use none of each other, as each stage costs time in every round. */
  private stage: Item[] = [];

  constructor(
    private readonly binder: Binder,
    current: Current,
    states: readonly State[],
    public next: Column,
  ) {
    this.done = current;
    this.states = [...states];
    this.row = current.events;
  }

  get plan(): Plan {
    if (this.stage.length > 0) this.done = project(this.done, [...this.done.columns.map(keep), ...this.stage]);
    this.stage = [];
    return this.done;
  }

  add(name: string, type: Column['type'], expr: Expr): Column {
    const column = this.binder.columns.make(name, type);
    const making = new Set(this.stage.map((item) => item.column.id));
    const waits = someExpr(expr, (node) => node.kind === 'column' && making.has(node.column.id));
    if (waits) this.done = this.plan;
    this.stage.push({ column, expr });
    return column;
  }

  /** Replaces a step's state. */
  become(
    k: number,
    state: {
      readonly active: Expr;
      readonly id: Expr;
      readonly events: Expr;
      readonly before: Expr;
      readonly values: ReadonlyMap<number, Expr>;
    },
  ): void {
    const old = present(this.states[k]);
    const put = (column: Column, expr: Expr): Column => this.add(column.name, column.type, expr);
    this.states[k] = {
      active: put(old.active, state.active),
      id: put(old.id, state.id),
      events: put(old.events, state.events),
      before: put(old.before, state.before),
      values: new Map([...old.values].map(([of, column]) => [of, put(column, present(state.values.get(of)))])),
    };
  }
}

export function columnsOfState(state: State): Column[] {
  return [state.active, state.id, state.events, state.before, ...state.values.values()];
}

/** An expression with some of its columns replaced. */
export function replaced(expr: Expr, by: (column: Column) => Expr | undefined): Expr {
  return mapExpr(expr, (node) => (node.kind === 'column' ? (by(node.column) ?? node) : node));
}

export function allOf(parts: readonly Expr[]): Expr {
  return native('bool', parts, (args) => `(${args.map((arg) => `coalesce(${arg.sql}, false)`).join(' AND ')})`);
}

export function not(expr: Expr): Expr {
  return native('bool', [expr], ([of]) => `NOT ${of?.sql}`);
}

export function choice(when: Expr, then: Expr, otherwise: Expr): Expr {
  return native(
    then.type,
    [when, then, otherwise],
    ([a, b, c]) => `CASE WHEN ${a?.sql} THEN ${b?.sql} ELSE ${c?.sql} END`,
  );
}

export function plusOne(column: Column): Expr {
  return native('long', [ref(column)], ([of]) => `${of?.sql} + 1`);
}

/** The ids of both as one text. */
export function joined(events: Expr, row: Column): Expr {
  return native(
    'string',
    [events, ref(row)],
    ([a, b]) =>
      `CASE WHEN ${a?.sql} = '' THEN ${b?.sql} WHEN ${b?.sql} = '' THEN ${a?.sql} ELSE ${a?.sql} || ',' || ${b?.sql} END`,
  );
}

/** The ids of the columns that an expression uses. */
export function columnsIn(expr: Expr): ReadonlySet<number> {
  const ids = new Set<number>();
  mapExpr(expr, (node) => {
    if (node.kind === 'column') ids.add(node.column.id);
    return node;
  });
  return ids;
}
