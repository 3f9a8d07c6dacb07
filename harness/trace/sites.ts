import { scalarOperators } from '../kql/functions/index.js';
import type { Expr, Filter, Plan, Span } from '../kql/plan/plan.js';
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

/**
 * The conditions of a plan in the order of the text; those that the text does not show are left out. A `where` is one
 * condition, also where the plan filters by one of its clauses after the other.
 */
export function sitesOf(plan: Plan, text: string): Site[] {
  const plans = plansIn(plan);
  const within = new Set(plans.flatMap((node) => (isPartOfWhere(node, text) ? [node.input] : [])));
  const sites = plans.flatMap((node): Site[] => {
    if (node.kind === 'filter') {
      if (within.has(node)) return [];
      const { input, predicate } = wholeOf(node, text);
      return siteOf(input, predicate, 'where');
    }
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

/** Whether what a filter takes its rows from is a filter by another clause of the same `where`. */
function isPartOfWhere(node: Plan, text: string): node is Filter & { readonly input: Filter } {
  if (node.kind !== 'filter' || node.input.kind !== 'filter') return false;
  const [before, after] = [node.input.predicate.span, node.predicate.span];
  if (before === undefined || after === undefined) return false;
  return BETWEEN.test(text.slice(before.start + before.length, after.start));
}

/** What stands between two clauses of one `where`. */
const BETWEEN = /^(?:[\s()]|\/\/[^\n]*\n)*and(?:[\s()]|\/\/[^\n]*\n)*$/;

/** A filter together with those before it that are part of the same `where`. */
function wholeOf(last: Filter, text: string): Pick<Filter, 'input' | 'predicate'> {
  const predicates = [last.predicate];
  let first = last;
  while (isPartOfWhere(first, text)) {
    first = first.input;
    predicates.unshift(first.predicate);
  }
  const [start, end] = [startOf(first.predicate.span), endOf(last.predicate.span)];
  const fn = scalarOperators.get('and');
  if (fn === undefined) throw new Error("There is no operator 'and'.");
  const span = { start, length: end - start };
  const predicate = predicates.reduce(
    (whole, part): Expr => ({ kind: 'call', fn, args: [whole, part], type: 'bool', span }),
  );
  return { input: first.input, predicate };
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

function endOf(span: Span | undefined): number {
  return span === undefined ? 0 : span.start + span.length;
}
