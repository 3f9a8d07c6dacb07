import type { RefusalCode } from '../errors.js';
import type { Columns } from '../plan/make.js';
import type { Column, Expr, Plan, Shared, Span } from '../plan/plan.js';
import type { Expression, Node } from '../syntax.js';
import type { NamedType } from '../types.js';
import type { Scope } from './scope.js';
import type { Sources } from './sources.js';

/** What the parts that bind one kind of syntax each ask of the whole. */
export interface Binder {
  readonly columns: Columns;
  readonly sources: Sources;

  expression(node: Expression | null, scope: Scope): Expr;

  tabular(node: Expression | null, scope: Scope): Plan;

  operator(node: Node, input: Plan, scope: Scope): Plan;

  /** A query within an operator that takes its rows from there: the body of `mv-apply`, `partition` and their kin. */
  body(node: Expression, input: Plan, scope: Scope): Plan;

  /** A new column. */
  column(named: NamedType): Column;

  share(plan: Plan): Shared;

  /** A plan to be used in several places, run once. */
  reuse(shared: Shared): Plan;

  /** Counts a call of a function that the query declares; refuses the query where there are too many. */
  called(node: Node): void;

  /** Where a piece of syntax stands in the text. */
  span(node: Node): Span;

  /** Refuses the query at a place of the text. */
  refuse(node: Node, code: RefusalCode, message: string, suggestion?: string): never;
}
