/**
 * The plan: what a query does, as an immutable tree of few kinds of node. Every operator of the language becomes a
 * combination of these, so that printing as SQL, lineage and rewriting each know this list and no other.
 *
 * A column is an identity, not a name: each node that makes a column makes a new one, and an expression refers to the
 * column itself. Two columns may share a name where the language allows it (`Key` and `key`, the two sides of a join).
 */
import type { AggregateFunction, Arg, EmitContext, ScalarFunction, Value } from '../functions/registry.js';
import type { KqlType, OutsideRows } from '../types.js';

export interface Column {
  readonly id: number;
  readonly name: string;
  readonly type: KqlType;
}

/** A stretch of the query text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

export type Expr = Literal | ColumnRef | Call | Native | Window | ScalarQuery | InQuery;

export interface Literal {
  readonly kind: 'literal';
  readonly value: Value;
  readonly type: KqlType;
  readonly span?: Span;
}

export interface ColumnRef {
  readonly kind: 'column';
  readonly column: Column;
  readonly type: KqlType;
  readonly span?: Span;
}

/** A call of a function or operator of the language. */
export interface Call {
  readonly kind: 'call';
  readonly fn: ScalarFunction;
  readonly args: readonly Expr[];
  readonly type: KqlType;
  readonly span?: Span;
}

/** SQL over arguments that no function of the language names: what an operator needs on its way down. */
export interface Native {
  readonly kind: 'native';
  readonly args: readonly Expr[];
  emit(args: readonly Arg[], context: EmitContext): string;
  /** The key, where this is a member of its only argument, a text, parsed as JSON. */
  readonly memberOfText?: string;
  readonly type: KqlType;
  readonly span?: Span;
}

/** A window function over the order of the input; stands only in the items of a `Project`. */
export interface Window {
  readonly kind: 'window';
  readonly args: readonly Expr[];
  /** SQL of the function; `over` is the window to write after each window function in it. */
  emit(args: readonly Arg[], over: string, context: EmitContext): string;
  /** Restarts wherever one of these changes. */
  readonly partition: readonly Expr[];
  /** Whether the window has the frame `ROWS UNBOUNDED PRECEDING`. */
  readonly running: boolean;
  readonly type: KqlType;
  readonly span?: Span;
}

/** The first row's only column of a plan; the null of its type where it has no row. */
export interface ScalarQuery {
  readonly kind: 'scalar-query';
  readonly plan: Plan;
  readonly column: Column;
  readonly type: KqlType;
  readonly span?: Span;
}

/** Whether a value is among those of a plan's only column. */
export interface InQuery {
  readonly kind: 'in-query';
  readonly value: Expr;
  readonly plan: Plan;
  readonly column: Column;
  readonly ignoreCase: boolean;
  readonly negated: boolean;
  readonly type: 'bool';
  readonly span?: Span;
}

/** A column of the output and the expression that gives it. */
export interface Item {
  readonly column: Column;
  readonly expr: Expr;
}

export interface OrderKey {
  readonly column: Column;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

interface Base {
  /** What the node gives, in order, as the user sees it. */
  readonly columns: readonly Column[];
  /**
   * What its rows are ordered by, most significant first; empty where they have no order. The key columns are carried
   * along even where the user does not see them.
   */
  readonly order: readonly OrderKey[];
}

export interface Table extends Base {
  readonly kind: 'table';
  readonly table: string;
}

/** Rows of an outside source: no events. */
export interface Outside extends Base {
  readonly kind: 'outside';
  readonly key: string;
  readonly rows: OutsideRows;
}

/** Rows written in the query, or made by the compiler. */
export interface Values extends Base {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expr[])[];
}

/** The numbers from, from + step, … up to and with to, of the type of the column. */
export interface Range extends Base {
  readonly kind: 'range';
  readonly from: Expr;
  readonly to: Expr;
  readonly step: Expr;
}

/** Exactly the given columns, computed from the input's. Also carries the input's order. */
export interface Project extends Base {
  readonly kind: 'project';
  readonly input: Plan;
  readonly items: readonly Item[];
  /** A text column of the input that tells the events behind each row, in place of those that the input itself has. */
  readonly events?: Column;
}

export interface Filter extends Base {
  readonly kind: 'filter';
  readonly input: Plan;
  readonly predicate: Expr;
}

/** Groups its input. Groups of an ordered input come in the order in which each first appears. */
export interface Aggregate extends Base {
  readonly kind: 'aggregate';
  readonly input: Plan;
  readonly keys: readonly Item[];
  readonly aggregates: readonly AggregateItem[];
}

export type AggregateItem = AggregateCall | Pick;

export interface AggregateCall {
  readonly kind: 'aggregate-call';
  readonly column: Column;
  readonly fn: AggregateFunction;
  readonly args: readonly Expr[];
}

/** Columns of the one row of a group in which `by` is greatest or least (`arg_max`, `arg_min`). */
export interface Pick {
  readonly kind: 'pick';
  readonly greatest: boolean;
  readonly by: Expr;
  readonly items: readonly Item[];
}

export interface Join extends Base {
  readonly kind: 'join';
  readonly join: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';
  readonly left: Plan;
  readonly right: Plan;
  /** Pairs that must be equal; none makes a cross product. */
  readonly on: readonly { readonly left: Expr; readonly right: Expr }[];
  /** A further condition on both sides. */
  readonly where?: Expr;
  /** One left row for each key (`innerunique`). */
  readonly unique: boolean;
  /** Output columns that may lack a partner: their nulls are replaced where the type has none. */
  readonly items: readonly Item[];
}

export interface Union extends Base {
  readonly kind: 'union';
  /** Each input with the expressions that give `columns`, in order. */
  readonly inputs: readonly { readonly plan: Plan; readonly exprs: readonly Expr[] }[];
}

/** Orders its input; the keys are columns of the input. */
export interface Sort extends Base {
  readonly kind: 'sort';
  readonly input: Plan;
}

/** The first rows in the order of the input. */
export interface Limit extends Base {
  readonly kind: 'limit';
  readonly input: Plan;
  readonly count: Expr;
}

/**
 * Each input row beside each row that `body` gives for it. `body` may use the input's columns.
 * Rows for which `body` gives nothing are dropped, or kept with nulls when `outer`.
 */
export interface Apply extends Base {
  readonly kind: 'apply';
  readonly input: Plan;
  readonly body: Plan;
  readonly outer: boolean;
  /** Whether the events behind a result are those that `body` finds, and not those of the input row too. */
  readonly traceBody: boolean;
}

/**
 * The input's rows, each repeated for the items of lists of its own; shorter lists are filled up with nulls. Gives some of
 * the input's columns, since what is expanded is seldom wanted whole.
 */
export interface Expand extends Base {
  readonly kind: 'expand';
  readonly input: Plan;
  /** Each gives SQL of a list, and the column that takes its items. A row whose lists are all empty or NULL vanishes. */
  readonly lists: readonly { readonly column: Column; readonly list: Native }[];
  /** The place of the item in the longest list, from 0. */
  readonly place: Column;
}

/**
 * Goes over the rows of each part in their order with a state that each row changes: `body` computes from a row and the
 * state before it (both given by `current`) what `columns` are to hold and the state after it.
 */
export interface Fold extends Base {
  readonly kind: 'fold';
  readonly input: Plan;
  /** Columns of the input; rows that agree in them have a state of their own. */
  readonly partition: readonly Column[];
  readonly current: Current;
  readonly state: readonly { readonly column: Column; readonly initial: Expr; readonly next: Column }[];
  readonly body: Plan;
}

/** The row and the state that the body of a `Fold` works on. */
export interface Current extends Base {
  readonly kind: 'current';
  /** Those of the columns that are the state. */
  readonly state: readonly Column[];
  /** Number of the part, and of the row in it from 1. */
  readonly part: Column;
  readonly place: Column;
  /** Whether the row is the last of its part. */
  readonly last: Column;
  /** The ids of the events behind the row, as text: `3,17`. */
  readonly events: Column;
}

/** One plan used in several places, run once. */
export interface Shared {
  readonly id: number;
  readonly plan: Plan;
}

export interface Reference extends Base {
  readonly kind: 'reference';
  readonly shared: Shared;
  /** New columns for those of the shared plan, order keys included. */
  readonly mapping: readonly { readonly from: Column; readonly to: Column }[];
}

export type Plan =
  | Table
  | Outside
  | Values
  | Range
  | Project
  | Filter
  | Aggregate
  | Join
  | Union
  | Sort
  | Limit
  | Apply
  | Expand
  | Fold
  | Current
  | Reference;

export type PlanKind = Plan['kind'];
