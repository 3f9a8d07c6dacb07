import type { Expr } from './plan.js';

/** A tree with each node replaced by what `change` makes of it, from the leaves up. Untouched trees stay as they are. */
export function mapExpr(expr: Expr, change: (expr: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'call':
    case 'native': {
      const args = mapAll(expr.args, change);
      return change(args === expr.args ? expr : { ...expr, args });
    }
    case 'window': {
      const args = mapAll(expr.args, change);
      const partition = mapAll(expr.partition, change);
      return change(args === expr.args && partition === expr.partition ? expr : { ...expr, args, partition });
    }
    case 'in-query': {
      const value = mapExpr(expr.value, change);
      return change(value === expr.value ? expr : { ...expr, value });
    }
    default:
      return change(expr);
  }
}

function mapAll(exprs: readonly Expr[], change: (expr: Expr) => Expr): readonly Expr[] {
  const mapped = exprs.map((expr) => mapExpr(expr, change));
  return mapped.every((expr, i) => expr === exprs[i]) ? exprs : mapped;
}

/** Whether any node of a tree passes a test. */
export function someExpr(expr: Expr, test: (expr: Expr) => boolean): boolean {
  let found = false;
  mapExpr(expr, (node) => {
    found ||= test(node);
    return node;
  });
  return found;
}
