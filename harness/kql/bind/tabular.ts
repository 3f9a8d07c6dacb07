/// <reference types="@kusto/language-service-next" />
import type { Plan } from '../plan/plan.js';
import { type Expression, elements, isNode, kindOf, present } from '../syntax.js';
import type { Binder } from './binder.js';
import { NOTHING } from './build.js';
import { calledBody } from './declared.js';
import { bindPipeOverGraph } from './operators/graph.js';
import { operators } from './operators/index.js';
import { patternUse } from './patterns.js';
import type { Scope } from './scope.js';
import { dataTable, namedTable, providedTable } from './tables.js';

export function bindTabular(binder: Binder, node: Expression, scope: Scope): Plan {
  if (isNode(node, 'PipeExpression')) {
    const overGraph = bindPipeOverGraph(binder, node, scope);
    if (overGraph) return overGraph;
    return binder.operator(present(node.Operator), binder.tabular(node.Expression, scope), scope);
  }
  if (isNode(node, 'ParenthesizedExpression')) return binder.tabular(node.Expression, scope);
  if (isNode(node, 'MaterializeExpression')) {
    const plan = binder.tabular(node.Expression, scope);
    return plan.kind === 'reference' ? plan : binder.reuse(binder.share(plan));
  }
  if (isNode(node, 'DataTableExpression')) return dataTable(binder, node, scope);
  if (isNode(node, 'NameReference')) return namedTable(binder, node, scope);
  const chosen = patternUse(binder, node, scope);
  if (chosen) return chosen;
  if (isNode(node, 'FunctionCallExpression')) return tabularCall(binder, node, scope);
  if (isNode(node, 'ToTableExpression')) return binder.tabular(node.Expression, scope);
  if (operators.has(kindOf(node))) return binder.operator(node, NOTHING, scope);
  return binder.refuse(
    node,
    'unsupported-operator',
    `This kind of table expression (${kindOf(node)}) is not supported.`,
  );
}

/** A query that stands within an operator and takes its rows from there: the body of `mv-apply`, `partition` and their kin. */
export function bindBody(binder: Binder, node: Expression, input: Plan, scope: Scope): Plan {
  if (isNode(node, 'PipeExpression'))
    return binder.operator(present(node.Operator), bindBody(binder, present(node.Expression), input, scope), scope);
  if (isNode(node, 'ParenthesizedExpression')) return bindBody(binder, present(node.Expression), input, scope);
  return operators.has(kindOf(node)) ? binder.operator(node, input, scope) : binder.tabular(node, scope);
}

function tabularCall(binder: Binder, node: Kusto.Language.Syntax.FunctionCallExpression, scope: Scope): Plan {
  if (node.GetCalledFunctionBody() !== null) {
    const { scope: inner, result } = calledBody(binder, node, scope, []);
    return binder.tabular(result, inner);
  }
  const name = present(node.Name).SimpleName ?? '';
  const [first] = elements(node.ArgumentList?.Expressions ?? null);
  const form = first && tabularForms.get(name);
  return form ? form(binder, node, first, scope) : providedTable(binder, node, scope);
}

type TabularForm = (
  binder: Binder,
  node: Kusto.Language.Syntax.FunctionCallExpression,
  first: Expression,
  scope: Scope,
) => Plan;

/** Functions of the language that give a table. */
export const tabularForms: ReadonlyMap<string, TabularForm> = new Map<string, TabularForm>([
  ['table', (binder, node, first, scope) => namedTable(binder, node, scope, String(first.ConstantValue ?? ''))],
  ['materialize', (binder, _node, first, scope) => binder.tabular(first, scope)],
]);
