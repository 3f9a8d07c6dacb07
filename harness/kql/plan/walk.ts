import type { Expr, Plan } from './plan.js';

/** The expressions that a node holds itself. */
export function exprsOf(plan: Plan): readonly Expr[] {
  switch (plan.kind) {
    case 'values':
      return plan.rows.flat();
    case 'range':
      return [plan.from, plan.to, plan.step];
    case 'project':
      return plan.items.map((item) => item.expr);
    case 'filter':
      return [plan.predicate];
    case 'limit':
      return [plan.count];
    case 'aggregate':
      return [
        ...plan.keys.map((key) => key.expr),
        ...plan.aggregates.flatMap((item) =>
          item.kind === 'pick' ? [item.by, ...item.items.map((picked) => picked.expr)] : item.args,
        ),
      ];
    case 'join':
      return [
        ...plan.on.flatMap((pair) => [pair.left, pair.right]),
        ...(plan.where ? [plan.where] : []),
        ...plan.items.map((item) => item.expr),
      ];
    case 'union':
      return plan.inputs.flatMap((input) => input.exprs);
    case 'expand':
      return plan.lists.map((list) => list.list);
    case 'fold':
      return plan.state.map((state) => state.initial);
    default:
      return [];
  }
}

/** The plans that a node takes its rows from. */
export function inputsOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'table':
    case 'outside':
    case 'values':
    case 'range':
    case 'current':
      return [];
    case 'join':
      return [plan.left, plan.right];
    case 'union':
      return plan.inputs.map((input) => input.plan);
    case 'apply':
    case 'fold':
      return [plan.input, plan.body];
    case 'reference':
      return [plan.shared.plan];
    default:
      return [plan.input];
  }
}
