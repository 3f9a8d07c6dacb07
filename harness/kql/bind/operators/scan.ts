/// <reference types="@kusto/language-service-next" />
/**
 * `scan`: sequences of rows that match steps.
 *
 * Every step has a state: the sequence that has come as far as the step, with the values that the rows of the sequence had
 * at the step itself and those before it. A row is tried against the last step first. Where the step before has a
 * sequence and the condition holds, that sequence moves here; else a sequence that is here already (or, at the first step,
 * any row) may match again. (learn.microsoft.com, "scan operator", "Scan logic")
 */
import { filter, fold, keep, literal, native, project, ref, sort, union } from '../../plan/make.js';
import type { Column, Current, Expr, Item, OrderKey, Plan, Reference } from '../../plan/plan.js';
import { type Expression, elements, isNode, items, present, typeOf } from '../../syntax.js';
import type { KqlType } from '../../types.js';
import type { Binder } from '../binder.js';
import { converted } from '../build.js';
import { bindItems } from '../items.js';
import { bindLiteral } from '../literals.js';
import { rawParameter } from '../parameters.js';
import type { Scope } from '../scope.js';
import { serialized } from '../windows.js';
import { type Operator, operator } from './operator.js';
import { sorted } from './rows.js';
import {
  allOf,
  choice,
  columnsIn,
  columnsOfState,
  joined,
  not,
  plusOne,
  replaced,
  type State,
  Work,
} from './scan-work.js';

export const scanOperators: readonly Operator[] = [
  operator('scan', 'ScanOperator', (binder, node, input, scope) => {
    if (scope.inRow && !scope.partition) {
      binder.refuse(
        node,
        'unsupported-argument',
        'Within a query over parts of the rows, scan can follow only where, extend, project and sort.',
      );
    }
    const { rows, partition } = source(binder, node, input, scope);
    const scan = new Scan(binder, node, rows, partition, scope);
    return scan.plan();
  }),
];

type ScanNode = Kusto.Language.Syntax.ScanOperator;

/** The rows in their order, and the columns that tell their parts apart. */
function source(
  binder: Binder,
  node: ScanNode,
  input: Plan,
  scope: Scope,
): { readonly rows: Plan; readonly partition: readonly Column[] } {
  const order = node.OrderByClause ? elements(node.OrderByClause.Expressions) : [];
  const ordered = order.length > 0 ? sorted(binder, order, input, scope) : serialized(binder, input);
  if (!node.PartitionByClause) return { rows: ordered, partition: scope.partition ?? [] };
  const entries = bindItems(binder, node.PartitionByClause.Expressions, {
    names: scope.names,
    row: ordered.columns,
    inRow: true,
  });
  const keys = entries.map(({ expr }): Item => ({ column: binder.columns.make('part', expr.type), expr }));
  const keyed: Plan = { ...project(ordered, [...ordered.columns.map(keep), ...keys]), columns: input.columns };
  const columns = keys.map((key) => key.column);
  const byPart = columns.map((column): OrderKey => ({ column, descending: false, nullsFirst: true }));
  return { rows: sort(keyed, byPart), partition: columns };
}

interface Declared {
  readonly column: Column;
  readonly initial: Expr;
}

interface Step {
  readonly name: string;
  readonly output: 'all' | 'last' | 'none';
  /** Stand for the step's values in expressions: the input's columns, then those declared. */
  readonly own: readonly Column[];
  readonly condition: Expr;
  /** What each declared column becomes. */
  readonly assigned: readonly Expr[];
}

class Scan {
  private readonly declared: readonly Declared[];
  private readonly steps: readonly Step[];
  /** For each step those of its columns that an expression or the output asks for. */
  private readonly used: readonly (readonly Column[])[];
  private readonly width: number;

  constructor(
    private readonly binder: Binder,
    private readonly node: ScanNode,
    private readonly rows: Plan,
    private readonly partition: readonly Column[],
    scope: Scope,
  ) {
    this.width = rows.columns.length;
    this.declared = elements(node.DeclareClause?.Declarations ?? null).map((parameter) => {
      const name = present(present(parameter.NameAndType).Name);
      const type =
        typeOf((name.ReferencedSymbol as Kusto.Language.Symbols.ColumnSymbol | null)?.Type ?? name.ResultType) ??
        'dynamic';
      const written = parameter.DefaultValue?.Value ?? null;
      const initial = written ? this.initialValue(written, type, scope) : literal(null, type);
      return { column: binder.columns.make(name.SimpleName ?? '', type), initial };
    });
    this.steps = this.boundSteps(scope);
    this.used = this.usedColumns();
  }

  private initialValue(written: Expression, type: KqlType, scope: Scope): Expr {
    if (isNode(written, 'LiteralExpression') && written.ResultType === null)
      return bindLiteral(this.binder, written, type);
    return converted(this.binder.expression(written, scope), type);
  }

  private boundSteps(scope: Scope): Step[] {
    const row = [...this.rows.columns, ...this.declared.map((declared) => declared.column)];
    const nodes = items(this.node.Steps).map((step) => ({
      step,
      name: present(step.Name).SimpleName ?? '',
      own: row.map((column) => this.binder.columns.like(column)),
    }));
    const named = new Map(nodes.map(({ name, own }) => [name, own]));
    const inner: Scope = { names: scope.names, row, inRow: true, steps: named };
    return nodes.map(({ step, name, own }) => {
      if (step.OptionalKeyword?.Text)
        this.binder.refuse(step, 'unsupported-argument', 'Optional steps of scan are not supported.');
      const kind = step.ScanStepOutput?.OutputKind?.Text ?? 'all';
      const assignments = new Map(
        elements(step.ComputationClause?.Assignments ?? null).map((assignment) => [
          present(assignment.Name).SimpleName ?? '',
          present(assignment.Expression),
        ]),
      );
      const assigned = this.declared.map(({ column, initial }) => {
        const expression = assignments.get(column.name);
        return expression ? this.defaulted(converted(this.binder.expression(expression, inner), column.type)) : initial;
      });
      const condition = this.defaulted(converted(this.binder.expression(step.Condition, inner), 'bool'));
      return { name, output: kind === 'last' || kind === 'none' ? kind : 'all', own, condition, assigned };
    });
  }

  /** A declared column on its own is what it is before a step assigns it. */
  private defaulted(expr: Expr): Expr {
    const initials = new Map(this.declared.map(({ column, initial }) => [column.id, initial]));
    return replaced(expr, (column) => initials.get(column.id));
  }

  private usedColumns(): Column[][] {
    const ids = new Set(
      this.steps.flatMap(({ condition, assigned }) => [condition, ...assigned].flatMap((expr) => [...columnsIn(expr)])),
    );
    return this.steps.map(({ own, output }) =>
      output === 'last' ? [...own] : own.filter((column) => ids.has(column.id)),
    );
  }

  plan(): Plan {
    const { columns } = this.binder;
    const start = this.steps.map((_, k) => this.emptyState(k));
    const next = columns.make('next', 'long');
    const current = this.current([...start.flatMap(columnsOfState), next]);
    const work = new Work(this.binder, current, start, next);
    const outputs: Output[] = [];
    for (let k = this.steps.length - 1; k >= 0; k--) outputs.push(this.tried(work, k));
    const initials = [...this.steps.flatMap((_, k) => this.initials(k)), literal(0n, 'long')];
    const nexts = [...work.states.flatMap(columnsOfState), work.next];
    const state = current.state.map((column, i) => ({
      column,
      initial: present(initials[i]),
      next: present(nexts[i]),
    }));
    const saved = this.steps.map((step, k) =>
      step.output === 'last' ? this.saved(work, k, present(start[k])) : undefined,
    );
    const shown = new Map(
      [
        ...this.rows.columns,
        current.part,
        current.place,
        current.last,
        ...outputs.flatMap((output) => output.columns),
      ].map((column) => [column.id, column]),
    );
    for (const copies of saved) for (const column of copies?.columns ?? []) shown.set(column.id, column);
    for (const { column } of state) shown.set(column.id, column);
    const shared = this.binder.share(
      fold({
        input: this.rows,
        partition: this.partition,
        current,
        state,
        body: work.plan,
        columns: [...shown.values()],
      }),
    );
    const branches = outputs.flatMap((output) => {
      const { step } = output;
      const kept = saved[step];
      if (kept)
        return [
          new Branch(output.step, ref(kept.lost), kept.values, kept.id, kept.events),
          this.atTheEnd(step, current, present(start[step])),
        ];
      return present(this.steps[step]).output === 'none' ? [] : [output.branch(this.rows.columns)];
    });
    return this.gathered(current, branches, () => this.binder.reuse(shared) as Reference);
  }

  private current(state: readonly Column[]): Current {
    const { columns } = this.binder;
    const part = columns.make('part', 'long');
    const place = columns.make('place', 'long');
    const last = columns.make('last', 'bool');
    const events = columns.make('events', 'string');
    return {
      kind: 'current',
      part,
      place,
      last,
      events,
      state,
      columns: [...this.rows.columns, part, place, last, events, ...state],
      order: [],
    };
  }

  private emptyState(k: number): State {
    const { columns } = this.binder;
    const values = this.used
      .slice(0, k + 1)
      .flatMap((used) => used.map((column) => [column.id, columns.like(column)] as const));
    return {
      active: columns.make('active', 'bool'),
      id: columns.make('id', 'long'),
      events: columns.make('events', 'string'),
      before: columns.make('before', 'string'),
      values: new Map(values),
    };
  }

  /** What the columns of a step's state hold while no sequence is there. */
  private initials(k: number): Expr[] {
    const values = this.used.slice(0, k + 1).flatMap((used) => used.map((column) => this.initialOf(column)));
    return [literal(false, 'bool'), literal(null, 'long'), literal('', 'string'), literal('', 'string'), ...values];
  }

  private initialOf(own: Column): Expr {
    const place = this.placeOf(own);
    return place < this.width ? literal(null, own.type) : present(this.declared[place - this.width]).initial;
  }

  private placeOf(own: Column): number {
    for (const step of this.steps) {
      const place = step.own.findIndex((column) => column.id === own.id);
      if (place >= 0) return place;
    }
    throw new Error('A column of no step.');
  }

  /** Tries the row against a step and moves the states on. */
  private tried(work: Work, k: number): Output {
    const step = present(this.steps[k]);
    const own = present(work.states[k]);
    const before = k > 0 ? work.states[k - 1] : undefined;
    const arriving = (expr: Expr): Expr => this.seen(expr, before);
    const staying = (expr: Expr): Expr => this.seen(expr, own);
    const moved = work.add(
      'moved',
      'bool',
      before ? allOf([ref(before.active), arriving(step.condition)]) : literal(false, 'bool'),
    );
    const again = work.add(
      'again',
      'bool',
      allOf([not(ref(moved)), ...(before ? [ref(own.active)] : []), staying(step.condition)]),
    );
    const either = (first: Expr, second: Expr): Expr =>
      choice(ref(moved), first, choice(ref(again), second, literal(null, first.type)));
    const values = this.declared.map(({ column }, i) => {
      const assigned = present(step.assigned[i]);
      return work.add(column.name, column.type, either(arriving(assigned), staying(assigned)));
    });
    const fresh = choice(ref(own.active), ref(own.id), ref(work.next));
    const id = work.add(
      'id',
      'long',
      either(before ? ref(before.id) : literal(null, 'long'), before ? ref(own.id) : fresh),
    );
    const past = this.looksBack(step, k) ? own.events : own.before;
    const events = work.add(
      'events',
      'string',
      either(joined(before ? ref(before.events) : literal('', 'string'), work.row), joined(ref(past), work.row)),
    );
    const matched = work.add(
      'matched',
      'bool',
      native('bool', [ref(moved), ref(again)], ([a, b]) => `(${a?.sql} OR ${b?.sql})`),
    );

    const next =
      k === 0
        ? choice(allOf([ref(matched), not(ref(own.active))]), plusOne(work.next), ref(work.next))
        : ref(work.next);
    const stateOf = (column: Column): Expr => {
      const place = this.placeOf(column);
      return place < this.width ? ref(present(this.rows.columns[place])) : ref(present(values[place - this.width]));
    };
    const mine = new Set((this.used[k] ?? []).map((column) => column.id));
    const kept = new Map(
      [...own.values].map(([of, column]) => {
        const here = mine.has(of)
          ? choice(ref(matched), stateOf(present(this.used[k]?.find((used) => used.id === of))), ref(column))
          : undefined;
        const passed = before?.values.get(of);
        return [of, here ?? (passed ? choice(ref(moved), ref(passed), ref(column)) : ref(column))] as const;
      }),
    );
    work.become(k, {
      active: native('bool', [ref(own.active), ref(matched)], ([a, b]) => `(${a?.sql} OR ${b?.sql})`),
      id: choice(ref(matched), ref(id), ref(own.id)),
      events: choice(ref(matched), ref(events), ref(own.events)),
      before: before ? choice(ref(moved), ref(before.events), ref(own.before)) : literal('', 'string'),
      values: kept,
    });
    if (before) {
      const initial = this.initials(k - 1);
      const [active, noId, none, noneBefore, ...rest] = initial;
      const cleared = new Map(
        [...before.values].map(([of, column], i) => [of, choice(ref(moved), present(rest[i]), ref(column))] as const),
      );
      work.become(k - 1, {
        active: choice(ref(moved), present(active), ref(before.active)),
        id: choice(ref(moved), present(noId), ref(before.id)),
        events: choice(ref(moved), present(none), ref(before.events)),
        before: choice(ref(moved), present(noneBefore), ref(before.before)),
        values: cleared,
      });
    }
    work.next = work.add('next', 'long', next);
    work.moved.set(k, moved);
    return new Output(k, matched, values, id, events);
  }

  /** Whether the step asks for its own earlier values: then all its earlier rows stand behind a match. */
  private looksBack(step: Step, k: number): boolean {
    const own = new Set(step.own.map((column) => column.id));
    const found = [step.condition, ...step.assigned].some((expr) => [...columnsIn(expr)].some((id) => own.has(id)));
    return found || (k === 0 && step.output === 'last');
  }

  /** An expression with the values of a state; steps that the state knows nothing of have no values. */
  private seen(expr: Expr, state: State | undefined): Expr {
    const own = new Set(this.steps.flatMap((step) => step.own.map((column) => column.id)));
    return replaced(expr, (column) => {
      if (!own.has(column.id)) return undefined;
      const held = state?.values.get(column.id);
      return held ? ref(held) : this.initialOf(column);
    });
  }

  /** What a step with `output=last` holds before the row, and whether the row ends that. */
  private saved(
    work: Work,
    k: number,
    state: State,
  ): { columns: Column[]; lost: Column; values: Column[]; id: Column; events: Column } {
    const own = present(this.steps[k]).own;
    const left = work.moved.get(k + 1);
    const replacedBy = work.moved.get(k);
    const ends = [...(left ? [ref(left)] : []), ...(replacedBy ? [allOf([ref(replacedBy), ref(state.active)])] : [])];
    const lost = work.add(
      'lost',
      'bool',
      native('bool', ends, (args) => (args.length === 0 ? 'false' : args.map((arg) => `(${arg.sql})`).join(' OR '))),
    );
    const values = own.map((column) => work.add(column.name, column.type, ref(present(state.values.get(column.id)))));
    const id = work.add('id', 'long', ref(state.id));
    const events = work.add('events', 'string', ref(state.events));
    return { columns: [lost, ...values, id, events], lost, values, id, events };
  }

  private atTheEnd(k: number, current: Current, state: State): Branch {
    const values = present(this.steps[k]).own.map((column) => present(state.values.get(column.id)));
    return new Branch(k, allOf([ref(current.last), ref(state.active)]), values, state.id, state.events);
  }

  /** The rows of all branches in order: by part and place, and the last step first. */
  private gathered(current: Current, branches: readonly Branch[], use: () => Reference): Plan {
    const { columns } = this.binder;
    const idName = rawParameter(this.node.Parameters, 'with_match_id');
    const shown = [...this.rows.columns, ...this.declared.map((declared) => declared.column)].map((column) =>
      columns.like(column),
    );
    const id = columns.make(idName ?? 'match_id', 'long');
    const hidden = [columns.make('part', 'long'), columns.make('place', 'long'), columns.make('step', 'long')];
    const all = [...shown, id, ...hidden];
    const inputs = branches.map((branch) => {
      const from = use();
      const moved = new Map(from.mapping.map((pair) => [pair.from.id, pair.to]));
      const at = (column: Column): Expr => ref(present(moved.get(column.id)));
      const holds = replaced(branch.when, (column) => at(column));
      const taken = [
        ...branch.values.map(at),
        at(branch.id),
        at(current.part),
        at(current.place),
        literal(BigInt(branch.step), 'long'),
      ];
      const made = all.map((column, i): Item => ({ column: columns.like(column), expr: present(taken[i]) }));
      const plan: Plan = { ...project(filter(from, holds), made), events: present(moved.get(branch.events.id)) };
      return { plan, exprs: made.map((item) => ref(item.column)) };
    });
    const keys = hidden.map((column, i): OrderKey => ({ column, descending: i === 2, nullsFirst: true }));
    return sort(union(all, inputs), keys, idName === undefined ? shown : [...shown, id]);
  }
}

/** What a match of a step gives. */
class Output {
  constructor(
    readonly step: number,
    readonly matched: Column,
    readonly values: readonly Column[],
    readonly id: Column,
    readonly events: Column,
  ) {}

  get columns(): Column[] {
    return [this.matched, ...this.values, this.id, this.events];
  }

  branch(row: readonly Column[]): Branch {
    return new Branch(this.step, ref(this.matched), [...row, ...this.values], this.id, this.events);
  }
}

/** Rows of the output: when there is one, and where its values are. */
class Branch {
  constructor(
    readonly step: number,
    readonly when: Expr,
    readonly values: readonly Column[],
    readonly id: Column,
    readonly events: Column,
  ) {}
}
