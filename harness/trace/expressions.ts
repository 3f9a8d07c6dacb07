import type { Expr, Plan } from '../kql/plan/plan.js';

/** The plans that a plan takes its rows from. */
export function inputsOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'table':
    case 'outside':
    case 'values':
    case 'range':
      return [];
    case 'join':
      return [plan.left, plan.right];
    case 'union':
      return plan.inputs.map((input) => input.plan);
    case 'apply':
      return [plan.input, plan.body];
    case 'reference':
      return [plan.shared.plan];
    case 'filter':
    case 'project':
    case 'aggregate':
    case 'sort':
    case 'limit':
    case 'expand':
      return [plan.input];
    default:
      return 'input' in plan ? [plan.input] : [];
  }
}

/** Every plan within a plan, itself first; one that is used twice is given once. */
export function plansIn(plan: Plan): readonly Plan[] {
  const seen = new Set<Plan>();
  const visit = (node: Plan): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const input of inputsOf(node)) visit(input);
    for (const expr of exprsOf(node)) for (const asked of plansAsked(expr)) visit(asked);
  };
  visit(plan);
  return [...seen];
}

/** The expressions of a plan's own node. */
export function exprsOf(plan: Plan): readonly Expr[] {
  switch (plan.kind) {
    case 'project':
      return plan.items.map(({ expr }) => expr);
    case 'filter':
      return [plan.predicate];
    case 'aggregate':
      return [
        ...plan.keys.map(({ expr }) => expr),
        ...plan.aggregates.flatMap((item) =>
          item.kind === 'pick' ? [item.by, ...item.items.map(({ expr }) => expr)] : item.args,
        ),
      ];
    case 'join':
      return [...plan.on.flatMap(({ left, right }) => [left, right]), ...(plan.where ? [plan.where] : [])];
    case 'union':
      return plan.inputs.flatMap(({ exprs }) => exprs);
    case 'limit':
      return [plan.count];
    case 'expand':
      return plan.lists.map(({ list }) => list);
    default:
      return [];
  }
}

/** The parts of an expression. */
export function partsOf(expr: Expr): readonly Expr[] {
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

/** An expression and all that it is made of. */
export function* within(expr: Expr): Generator<Expr> {
  yield expr;
  for (const part of partsOf(expr)) yield* within(part);
}

function plansAsked(expr: Expr): Plan[] {
  return [...within(expr)].flatMap((part) =>
    part.kind === 'scalar-query' || part.kind === 'in-query' ? [part.plan] : [],
  );
}
