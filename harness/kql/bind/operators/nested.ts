/// <reference types="@kusto/language-service-next" />
/** `top-nested`, `top-hitters`, `sample-distinct`: the values that matter most, or some of them. */
import { aggregates } from '../../aggregates/index.js';
import {
  aggregate,
  aggregateCall,
  filter,
  join,
  keep,
  limit,
  native,
  project,
  ref,
  sort,
  union,
} from '../../plan/make.js';
import type { Column, Expr, Item, Join, OrderKey, Plan, Shared, Window } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, present } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import { converted, orNone } from '../build.js';
import { bindItem } from '../items.js';
import { type Scope, withRow } from '../scope.js';
import { type Operator, operator } from './operator.js';
import { summarized } from './summarize.js';

export const nestedOperators: readonly Operator[] = [
  operator('top-nested', 'TopNestedOperator', (binder, node, input, scope) =>
    new TopNested(binder, elements(node.Clauses), input, scope, columnsOf(node.ResultType)).plan(),
  ),
  operator('top-hitters', 'TopHittersOperator', (binder, node, input, scope) => {
    const row = withRow(scope, input.columns);
    const [keyName, valueName] = columnsOf(node.ResultType);
    const of = present(bindItem(binder, present(node.OfExpression), row)[0]).expr;
    const weight = node.ByClause ? binder.expression(node.ByClause.Expression, row) : undefined;
    const key = binder.columns.make(present(keyName).name, of.type);
    const value = binder.column(present(valueName));
    const call = weight
      ? aggregateCall(value, present(aggregates.get('sum')), [converted(weight, value.type)])
      : aggregateCall(value, present(aggregates.get('count')), []);
    const groups = aggregate(input, [{ column: key, expr: of }], [call]);
    return limit(sort(groups, [greatestFirst(value), smallestFirst(key)]), most(binder, node.Expression, scope));
  }),
  operator('sample-distinct', 'SampleDistinctOperator', (binder, node, input, scope) => {
    const [output] = columnsOf(node.ResultType);
    const of = present(bindItem(binder, present(node.OfExpression), withRow(scope, input.columns))[0]).expr;
    const key = binder.columns.make(present(output).name, of.type);
    const values = aggregate(input, [{ column: key, expr: of }], []);
    return limit(sort(values, [smallestFirst(key)]), most(binder, node.Expression, scope));
  }),
];

function most(binder: Binder, count: Expression | null, scope: Scope): Expr {
  return converted(binder.expression(count, scope), 'long');
}

function greatestFirst(column: Column): OrderKey {
  return { column, descending: true, nullsFirst: false };
}

function smallestFirst(column: Column): OrderKey {
  return { column, descending: false, nullsFirst: true };
}

type Clause = Kusto.Language.Syntax.TopNestedClause;

/** The values kept at one level: the keys down to it, and its aggregate. */
interface Level {
  readonly plan: Plan;
  readonly keys: readonly Column[];
  readonly value: Column;
}

/** Each level keeps, for every combination of the levels above, the values with the greatest (or least) aggregate. */
class TopNested {
  private readonly rows: Shared;
  private readonly width: number;

  constructor(
    private readonly binder: Binder,
    private readonly clauses: readonly Clause[],
    input: Plan,
    private readonly scope: Scope,
    private readonly output: readonly NamedType[],
  ) {
    const keys = clauses.map((clause): Item => {
      const { expr } = present(bindItem(binder, present(clause.OfExpression), withRow(scope, input.columns))[0]);
      return { column: binder.columns.make('key', expr.type), expr };
    });
    this.width = input.columns.length;
    this.rows = binder.share(project(input, [...input.columns.map(keep), ...keys]));
  }

  /** The levels joined from the top down. What a level leaves out has no values at the levels below. */
  plan(): Plan {
    let above: Plan | undefined;
    let keys: readonly Column[] = [];
    let shown: Item[] = [];
    this.clauses.forEach((_, depth) => {
      const parents = above && this.binder.share(above);
      const level = this.level(depth, parents && { parents, keys });
      const left = parents && this.binder.reuse(parents);
      const moved = left ? left.columns : [];
      const others = this.others(depth, level, parents && { parents, keys });
      const all = others ?? level;
      const own = [present(all.keys[depth]), all.value];
      const items: Item[] = [
        ...moved.map((column): Item => ({ column: this.binder.columns.like(column), expr: ref(column) })),
        ...own.map((column, i): Item => {
          const { name } = present(this.output[2 * depth + i]);
          return {
            column: this.binder.columns.make(name, column.type),
            expr: left ? orNone(ref(column)) : ref(column),
          };
        }),
      ];
      const pairs = keys.map((_key, i) => ({ left: ref(present(moved[2 * i])), right: ref(present(all.keys[i])) }));
      above = left
        ? join({ join: 'left', left, right: all.plan, on: pairs, unique: false, items })
        : project(all.plan, items);
      shown = items;
      keys = items.filter((_item, i) => i % 2 === 0).map((item) => item.column);
    });
    return project(
      present(above),
      shown.map((item) => keep(item.column)),
    );
  }

  private level(
    depth: number,
    above: { readonly parents: Shared; readonly keys: readonly Column[] } | undefined,
  ): Level {
    const clause = present(this.clauses[depth]);
    const { plan: rows, keys } = this.read(depth);
    const source = above ? this.among(rows, keys, above.parents, 'semi') : rows;
    const groups = this.aggregated(clause, source, keys, depth);
    if (!clause.Expression) return groups;
    const { plan, value } = groups;
    const own = present(groups.keys.at(-1));
    const ordering = isNode(clause.ByExpression, 'OrderedExpression') ? clause.ByExpression.Ordering : null;
    const first = ordering?.AscOrDescKeyword?.Text === 'asc' ? smallestFirst(value) : greatestFirst(value);
    const rank = this.binder.columns.make('rank', 'long');
    const parents = groups.keys.slice(0, -1).map((key) => ref(key));
    const place: Window = {
      kind: 'window',
      type: 'long',
      args: [],
      emit: (_args, over) => `row_number() ${over}`,
      partition: parents,
      running: false,
    };
    const ordered = sort(plan, [first, smallestFirst(own)]);
    const ranked = project(ordered, [...plan.columns.map(keep), { column: rank, expr: place }]);
    const count = most(this.binder, clause.Expression, this.scope);
    const kept = filter(
      ranked,
      native('bool', [ref(rank), count], ([at, limited]) => `${at?.sql} <= ${limited?.sql}`),
    );
    return { ...groups, plan: { ...kept, columns: plan.columns, order: [] } };
  }

  /** The level with a row for all that it leaves out under each parent, where the clause asks for one. */
  private others(
    depth: number,
    level: Level,
    above: { readonly parents: Shared; readonly keys: readonly Column[] } | undefined,
  ): Level | undefined {
    const clause = present(this.clauses[depth]);
    if (!clause.WithOthersClause) return undefined;
    const kept = this.binder.share(level.plan);
    const { plan: rows, keys } = this.read(depth);
    const source = above ? this.among(rows, keys.slice(0, -1), above.parents, 'semi') : rows;
    const partners = this.binder.reuse(kept);
    const on = keys.map((key, i) => ({ left: ref(key), right: ref(present(partners.columns[i])) }));
    const items = source.columns.map(keep);
    const rest = join({ join: 'anti', left: source, right: partners, on, unique: false, items });
    const grouped = this.aggregated(clause, rest, keys.slice(0, -1), depth);
    const counted = depth === 0 ? this.unlessEmpty(grouped, rest) : grouped.plan;
    const name = converted(
      this.binder.expression(clause.WithOthersClause.Expression, this.scope),
      present(level.keys.at(-1)).type,
    );
    const named = this.binder.reuse(kept);
    const columns = named.columns.map((column) => this.binder.columns.like(column));
    const plan = union(columns, [
      { plan: named, exprs: named.columns.map((column) => ref(column)) },
      { plan: counted, exprs: [...grouped.keys.map((key) => ref(key)), name, ref(grouped.value)] },
    ]);
    return { plan, keys: columns.slice(0, -1), value: present(columns.at(-1)) };
  }

  /** At the first level nothing left over makes no row, though an aggregate of nothing is one. */
  private unlessEmpty(level: Level, rest: Plan): Plan {
    const count = this.binder.columns.make('rows', 'long');
    const counted = aggregate(rest, [], [aggregateCall(count, present(aggregates.get('count')), [])]);
    const some: Expr = native(
      'bool',
      [{ kind: 'scalar-query', plan: counted, column: count, type: 'long' }],
      ([of]) => `${of?.sql} > 0`,
    );
    return filter(level.plan, some);
  }

  private read(depth: number): { readonly plan: Plan; readonly keys: readonly Column[] } {
    const plan = this.binder.reuse(this.rows);
    return { plan, keys: plan.columns.slice(this.width, this.width + depth + 1) };
  }

  /** The rows whose keys are among those of the level above. */
  private among(rows: Plan, keys: readonly Column[], parents: Shared, kind: Join['join']): Plan {
    const right = this.binder.reuse(parents);
    const on = keys.flatMap((key, i) => {
      const parent = right.columns[2 * i];
      return parent ? [{ left: ref(key), right: ref(parent) }] : [];
    });
    return join({ join: kind, left: rows, right, on, unique: false, items: rows.columns.map(keep) });
  }

  private aggregated(clause: Clause, source: Plan, keys: readonly Column[], depth: number): Level {
    const further = keys.map((key): Item => ({ column: this.binder.columns.like(key), expr: ref(key) }));
    const by = present(clause.ByExpression);
    const call = isNode(by, 'OrderedExpression') ? present(by.Expression) : by;
    const seen: Plan = { ...source, columns: source.columns.slice(0, this.width) };
    const plan = summarized(this.binder, [call], [], seen, this.scope, [present(this.output[2 * depth + 1])], further);
    return { plan, keys: plan.columns.slice(0, -1), value: present(plan.columns.at(-1)) };
  }
}
