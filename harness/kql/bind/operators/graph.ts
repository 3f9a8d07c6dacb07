/// <reference types="@kusto/language-service-next" />
/** Operators over graphs. */
import { keep, project } from '../../plan/make.js';
import type { Plan } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, items, type Nodes, present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { columnNamed } from '../build.js';
import { bindGraph, isGraph, makeGraph } from '../graph/graph.js';
import { matchGraph } from '../graph/match.js';
import type { Graph } from '../graph/shape.js';
import type { Scope } from '../scope.js';
import { type Operator, operator } from './operator.js';

export const graphOperators: readonly Operator[] = [
  operator('make-graph', 'MakeGraphOperator', (binder, node, input, scope) => {
    const { PartitionedByClause: parted } = node;
    if (parted) return bindOver(binder, present(parted.Subquery), makeGraph(binder, node, input, scope), scope);
    return binder.refuse(
      node,
      'unsupported-operator',
      'A graph is no table: go on with graph-match or graph-to-table.',
    );
  }),
  overGraph('graph-match', 'GraphMatchOperator'),
  overGraph('graph-shortest-paths', 'GraphShortestPathsOperator'),
  overGraph('graph-to-table', 'GraphToTableOperator'),
];

function overGraph<K extends keyof typeof Kusto.Language.Syntax & string>(name: string, kind: K): Operator {
  return operator(name, kind, (binder, node) => binder.refuse(node, 'unsupported-operator', `${name} needs a graph.`));
}

/** A query whose last operator takes a graph; undefined for any other. */
export function bindPipeOverGraph(binder: Binder, node: Nodes['PipeExpression'], scope: Scope): Plan | undefined {
  const input = present(node.Expression);
  if (!isGraph(input)) return undefined;
  return consumed(binder, present(node.Operator), bindGraph(binder, input, scope), scope);
}

/** The query behind `partitioned-by`, which runs over each part. */
function bindOver(binder: Binder, node: Expression, graph: Graph, scope: Scope): Plan {
  if (!isNode(node, 'PipeExpression')) return consumed(binder, node, graph, scope);
  const input = present(node.Expression);
  if (isGraph(input))
    return binder.refuse(
      input,
      'unsupported-operator',
      'Graph operators before graph-match in a part are not supported.',
    );
  return binder.operator(present(node.Operator), bindOver(binder, input, graph, scope), scope);
}

function consumed(binder: Binder, node: Expression, graph: Graph, scope: Scope): Plan {
  if (isNode(node, 'GraphMatchOperator') || isNode(node, 'GraphShortestPathsOperator'))
    return matchGraph(binder, node, graph, scope);
  if (isNode(node, 'GraphToTableOperator')) return toTable(binder, node, graph);
  return binder.refuse(node, 'unsupported-operator', 'This operator over a graph is not supported.');
}

function toTable(binder: Binder, node: Nodes['GraphToTableOperator'], graph: Graph): Plan {
  const [clause, ...more] = elements(node.OutputClause);
  if (!clause || more.length > 0)
    throw binder.refuse(node, 'unsupported-argument', 'graph-to-table gives the nodes or the edges, not both.');
  if (items(clause.Parameters).length > 0)
    binder.refuse(clause, 'unsupported-argument', "The ids that graph-to-table makes are the cloud's own.");
  const nodes = clause.EntityKeyword?.Text === 'nodes';
  const all = binder.reuse(nodes ? graph.nodes : graph.edges);
  const own = all.columns.slice(0, nodes ? graph.nodeProperties : graph.edgeProperties);
  const columns = columnsOf(node.ResultType).map(({ name }) => keep(present(columnNamed(own, name))));
  return project(all, columns);
}
