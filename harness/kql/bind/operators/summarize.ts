/// <reference types="@kusto/language-service-next" />
import { aggregates } from '../../aggregates/index.js';
import { aggregateCall, keep, literal, project, ref } from '../../plan/make.js';
import type { AggregateItem, Column, Expr, Item, Pick, Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, present, typeOf } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import { callArguments } from '../declared.js';
import { grouped } from '../grouping.js';
import { bindItems } from '../items.js';
import { type Scope, withRow } from '../scope.js';
import { liftWindows } from '../windows.js';
import { type Operator, operator } from './operator.js';

export const summarizeOperators: readonly Operator[] = [
  operator('summarize', 'SummarizeOperator', (binder, node, input, scope) => {
    const by = node.ByClause ? elements(node.ByClause.Expressions) : [];
    return summarized(binder, elements(node.Aggregates), by, input, scope, columnsOf(node.ResultType));
  }),
];

/**
 * Groups by the keys and computes the aggregates: the output is the keys, then the aggregates.
 *
 * @param further keys that the user did not write; they come after the others
 */
export function summarized(
  binder: Binder,
  aggregateNodes: readonly Expression[],
  byNodes: readonly Expression[],
  source: Plan,
  scope: Scope,
  output: readonly NamedType[],
  further: readonly Item[] = [],
): Plan {
  const keyEntries = byNodes.flatMap((node) => bindItems(binder, listOf(node), withRow(scope, source.columns)));
  const lifted = liftWindows(
    binder,
    source,
    keyEntries.map((entry) => entry.expr),
  );
  const input = lifted.input === source ? source : { ...lifted.input, columns: [...source.columns] };
  const keys = lifted.exprs.map(
    (expr, i): Item => ({ column: binder.columns.make(output[i]?.name ?? '', expr.type), expr }),
  );
  const group = new Group(
    binder,
    input,
    new Set(keys.flatMap((key) => (key.expr.kind === 'column' ? [key.expr.column.name] : []))),
  );
  const names = output.slice(keys.length);
  const results: Item[] = [];
  for (const node of aggregateNodes) {
    for (const expr of group.entry(node, withRow(scope, input.columns))) {
      const named = names[results.length];
      results.push({ column: binder.columns.make(named?.name ?? `Column${results.length + 1}`, expr.type), expr });
    }
  }
  const all = [...keys, ...further];
  return project(grouped(binder, input, all, group.items), [...all.map((key) => keep(key.column)), ...results]);
}

function listOf(
  node: Expression,
): Kusto.Language.Syntax.SyntaxList$1<Kusto.Language.Syntax.SeparatedElement$1<Expression>> {
  return { Count: 1, getItem: () => ({ Element$1: node }) } as unknown as Kusto.Language.Syntax.SyntaxList$1<
    Kusto.Language.Syntax.SeparatedElement$1<Expression>
  >;
}

/** Collects the aggregates of one grouping as the expressions around them are bound. */
class Group {
  readonly items: AggregateItem[] = [];

  constructor(
    private readonly binder: Binder,
    private readonly input: Plan,
    private readonly keyNames: ReadonlySet<string>,
  ) {}

  /** What one entry of the list gives, over the columns of the grouping: one expression, or several for `arg_max` and its kin. */
  entry(node: Expression, scope: Scope): Expr[] {
    const inner =
      isNode(node, 'SimpleNamedExpression') || isNode(node, 'CompoundNamedExpression')
        ? present(node.Expression)
        : node;
    const several = isNode(inner, 'FunctionCallExpression') ? this.several(inner, scope) : null;
    return several ?? [this.binder.expression(inner, this.scope(scope))];
  }

  private scope(scope: Scope): Scope {
    return { ...scope, aggregate: (call, at) => this.one(call, { names: at.names, row: at.row, inRow: at.inRow }) };
  }

  private one(node: Kusto.Language.Syntax.FunctionCallExpression, scope: Scope): Expr {
    const [only] = this.several(node, scope) ?? [];
    if (only) return only;
    const name = present(node.Name).SimpleName ?? '';
    const args = callArguments(node).map((arg) => this.binder.expression(arg, scope));
    return this.add(name, args, typeOf(node.ResultType) ?? args[0]?.type ?? 'dynamic');
  }

  private add(name: string, args: readonly Expr[], type: Column['type']): Expr {
    const column = this.binder.columns.make(name, type);
    this.items.push(aggregateCall(column, present(aggregates.get(name)), args));
    return ref(column);
  }

  /** Aggregates that give several columns. */
  private several(node: Kusto.Language.Syntax.FunctionCallExpression, scope: Scope): Expr[] | null {
    const name = present(node.Name).SimpleName ?? '';
    const args = callArguments(node);
    switch (name) {
      case 'arg_max':
      case 'argmax':
        return this.pick(true, args, scope);
      case 'arg_min':
      case 'argmin':
        return this.pick(false, args, scope);
      case 'take_any':
      case 'any':
        return args.length === 1 && !isNode(args[0] ?? null, 'StarExpression') ? null : this.any(args, scope);
      case 'percentiles':
        return this.percentiles('percentile', args, 1, node, scope);
      case 'percentilesw':
        return this.percentiles('percentilew', args, 2, node, scope);
      default:
        return null;
    }
  }

  private pick(greatest: boolean, args: readonly Expression[], scope: Scope): Expr[] {
    const [by, ...picked] = args;
    const bound = this.binder.expression(by ?? null, scope);
    const byName =
      by && isNode(by, 'NameReference')
        ? by.SimpleName
        : by && isNode(by, 'SimpleNamedExpression')
          ? by.Name?.SimpleName
          : null;
    const exprs = [
      bound,
      ...picked.flatMap((node) => this.columnsFor(node, scope, new Set([byName ?? '', ...this.keyNames]))),
    ];
    return this.pickItems(greatest, bound, exprs);
  }

  private any(args: readonly Expression[], scope: Scope): Expr[] {
    const exprs = args.flatMap((node) => this.columnsFor(node, scope, this.keyNames));
    return this.pickItems(false, literal(0n, 'long'), exprs);
  }

  private pickItems(greatest: boolean, by: Expr, exprs: readonly Expr[]): Expr[] {
    const items = exprs.map((expr): Item => ({ column: this.binder.columns.make('picked', expr.type), expr }));
    const pick: Pick = { kind: 'pick', greatest, by, items };
    this.items.push(pick);
    return items.map((item) => ref(item.column));
  }

  private columnsFor(node: Expression, scope: Scope, without: ReadonlySet<string>): Expr[] {
    if (!isNode(node, 'StarExpression')) return [this.binder.expression(node, scope)];
    return this.input.columns.filter((column) => !without.has(column.name)).map((column) => ref(column));
  }

  private percentiles(
    name: string,
    args: readonly Expression[],
    values: number,
    node: Expression,
    scope: Scope,
  ): Expr[] {
    const bound = args.map((arg) => this.binder.expression(arg, scope));
    const types = columnsOf(node.ResultType);
    return bound
      .slice(values)
      .map((at, i) => this.add(name, [...bound.slice(0, values), at], types[i]?.type ?? 'dynamic'));
  }
}
