import type { Expr, Plan, Span } from '../kql/plan/plan.js';
import { someExpr } from '../kql/plan/rewrite.js';
import { type Clause, clauseOf } from './clauses.js';
import { plansIn, within } from './expressions.js';

/** A condition of a rule, and the rows that it is asked of. */
export interface Site {
  /** A `where`, a column that is a condition, or what chooses a branch of `iff()` or `case()`. */
  readonly kind: 'where' | 'column' | 'branch';
  /** The name of the column that it makes, or makes part of. */
  readonly column?: string;
  /** Gives the rows that reach it. */
  readonly input: Plan;
  readonly clause: Clause;
}

/** The conditions of a plan in the order of the text; those that the text does not show are left out. */
export function sitesOf(plan: Plan): Site[] {
  const sites = plansIn(plan).flatMap((node): Site[] => {
    if (node.kind === 'filter') return siteOf(node.input, node.predicate, 'where');
    if (node.kind !== 'project') return [];
    return node.items.flatMap(({ column, expr }) => {
      if (expr.kind === 'column' || someExpr(expr, ({ kind }) => kind === 'window')) return [];
      if (expr.type === 'bool') return siteOf(node.input, expr, 'column', column.name);
      return choicesIn(expr).flatMap((condition) => siteOf(node.input, condition, 'branch', column.name));
    });
  });
  const known = new Set<string>();
  return sites
    .filter((site) => {
      const { start, length } = site.clause.expr.span ?? { start: -1, length: 0 };
      const key = `${site.kind} ${start} ${length}`;
      return !known.has(key) && known.add(key);
    })
    .sort((a, b) => startOf(a.clause.expr.span) - startOf(b.clause.expr.span));
}

function siteOf(input: Plan, expr: Expr, kind: Site['kind'], column?: string): Site[] {
  if (expr.span === undefined || expr.type !== 'bool' || expr.kind === 'literal') return [];
  return [{ kind, input, clause: clauseOf(expr), ...(column !== undefined && { column }) }];
}

/** The conditions by which an expression chooses between values. */
function choicesIn(expr: Expr): Expr[] {
  return [...within(expr)].flatMap((part) => {
    if (part.kind !== 'call' || (part.fn.name !== 'iff' && part.fn.name !== 'case')) return [];
    return part.args.filter((_, i) => i % 2 === 0 && i < part.args.length - 1);
  });
}

function startOf(span: Span | undefined): number {
  return span?.start ?? 0;
}
