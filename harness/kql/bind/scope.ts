/// <reference types="@kusto/language-service-next" />
import type { Column, Expr, Plan } from '../plan/plan.js';
import type { Graph } from './graph/shape.js';

/** What a name stands for outside of any row: a `let`, a parameter, or an `as`. */
export type Binding =
  | { readonly kind: 'scalar'; readonly expr: () => Expr }
  /** Each use gets columns of its own. */
  | { readonly kind: 'table'; readonly plan: () => Plan }
  /** A function; of a view without parameters also its body, since a search takes it without a call. */
  | { readonly kind: 'function'; readonly names: Names; readonly view?: Kusto.Language.Syntax.FunctionBody }
  /** The queries of a pattern, by what chooses them. */
  | { readonly kind: 'pattern'; readonly uses: ReadonlyMap<string, () => Plan> }
  | { readonly kind: 'graph'; readonly graph: () => Graph };

/** Names in scope, innermost first. */
export class Names {
  private readonly own = new Map<string, Binding>();

  constructor(private readonly outer: Names | null = null) {}

  find(name: string): Binding | undefined {
    return this.own.get(name) ?? this.outer?.find(name);
  }

  /** Names of the views, innermost last. */
  views(): string[] {
    const own = [...this.own].flatMap(([name, binding]) => (binding.kind === 'function' && binding.view ? [name] : []));
    return [...new Set([...(this.outer?.views() ?? []), ...own])];
  }

  add(name: string, binding: Binding): void {
    this.own.set(name, binding);
  }
}

/** The name under which the value of an option is kept: no query can write it. */
export function optionName(option: string): string {
  return `set ${option}`;
}

/** Where an expression stands. */
export interface Scope {
  readonly names: Names;
  /** The columns of the row; empty outside of rows. */
  readonly row: readonly Column[];
  /** The two sides, within the condition of a join. */
  readonly sides?: { readonly left: readonly Column[]; readonly right: readonly Column[] };
  /** The columns of each step of `scan`, or of each node and edge of a pattern, by its name. */
  readonly steps?: ReadonlyMap<string, readonly Column[]>;
  /** What rows are told apart by where a query runs for each part of them at once. */
  readonly partition?: readonly Column[];
  /** Whether the expression may use a column of a row at all: what may not can be shared between rows. */
  readonly inRow: boolean;
  /** Takes a call of an aggregate out of an expression and gives what stands for it; set within `summarize` and its kin. */
  readonly aggregate?: (call: Kusto.Language.Syntax.FunctionCallExpression, scope: Scope) => Expr;
  /** What a function of graphs gives; set within the conditions and projections of patterns. */
  readonly graph?: (call: Kusto.Language.Syntax.FunctionCallExpression) => Expr | undefined;
}

export function withRow(scope: Scope, row: readonly Column[]): Scope {
  return { names: scope.names, row, inRow: true };
}

export function outside(names: Names): Scope {
  return { names, row: [], inRow: false };
}
