import type { Expr, Plan } from './plan.js';
import { exprsOf, inputsOf } from './walk.js';

const exprs = new WeakMap<Expr, number>();
const plans = new WeakMap<Plan, number>();

/**
 * How many nodes an expression has once it is written out. Names let a short text stand for one that doubles with each
 * line (`let b = a + a; let c = b + b; …`); as a tree in memory its parts are shared, and this stays quick to tell.
 */
export function sizeOfExpr(expr: Expr): number {
  let size = exprs.get(expr);
  if (size === undefined) {
    size = 1 + sum(partsOf(expr), sizeOfExpr);
    if (expr.kind === 'scalar-query' || expr.kind === 'in-query') size += sizeOfPlan(expr.plan);
    exprs.set(expr, size);
  }
  return size;
}

/** How many nodes a plan has with all its expressions, a shared plan, which is run once, counted as one. */
export function sizeOfPlan(plan: Plan): number {
  let size = plans.get(plan);
  if (size === undefined) {
    const inputs = plan.kind === 'reference' ? [] : inputsOf(plan);
    size = 1 + sum(exprsOf(plan), sizeOfExpr) + sum(inputs, sizeOfPlan);
    plans.set(plan, size);
  }
  return size;
}

function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'call':
    case 'native':
      return expr.args;
    case 'window':
      return [...expr.args, ...expr.partition];
    case 'in-query':
      return [expr.value];
    default:
      return [];
  }
}

function sum<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((total, item) => total + size(item), 0);
}
