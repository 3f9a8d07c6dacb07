/// <reference types="@kusto/language-service-next" />
/** Graphs: a table of nodes and one of edges, made from tables. */
import { aggregates } from '../../aggregates/index.js';
import { aggregate, aggregateCall, filter, join, keep, literal, native, project, ref, union } from '../../plan/make.js';
import type { Column, Expr, Item, Plan } from '../../plan/plan.js';
import { type Expression, elements, isNode, kindOf, type Nodes, present } from '../../syntax.js';
import type { Binder } from '../binder.js';
import { columnNamed, converted, orNone } from '../build.js';
import type { Scope } from '../scope.js';
import type { Graph } from './shape.js';

/** Whether the parser's binder takes an expression for a graph. */
export function isGraph(node: Expression): boolean {
  return node.ResultType !== null && node.ResultType !== undefined && kindOf(node.ResultType) === 'GraphSymbol';
}

/** The graph that an expression stands for. */
export function bindGraph(binder: Binder, node: Expression, scope: Scope): Graph {
  if (isNode(node, 'ParenthesizedExpression')) return bindGraph(binder, present(node.Expression), scope);
  if (isNode(node, 'NameReference')) {
    const declared = scope.names.find(node.SimpleName ?? '');
    if (declared?.kind === 'graph') return declared.graph();
  }
  if (isNode(node, 'PipeExpression')) {
    const { Operator: operator } = node;
    if (isNode(operator, 'MakeGraphOperator'))
      return makeGraph(binder, operator, binder.tabular(node.Expression, scope), scope);
    const word = operator?.GetFirstToken()?.Text ?? '';
    binder.refuse(operator ?? node, 'unsupported-operator', `The operator '${word}' is not supported.`);
  }
  return binder.refuse(node, 'unsupported-operator', 'A graph must come from make-graph.');
}

/** The columns at places of a plan. */
export function at(plan: Plan, places: readonly number[]): Column[] {
  return places.map((place) => present(plan.columns[place]));
}

export function makeGraph(binder: Binder, node: Nodes['MakeGraphOperator'], input: Plan, scope: Scope): Graph {
  if (node.DirectionToken?.Text !== '-->')
    binder.refuse(node, 'unsupported-argument', 'Only edges with a direction (-->) are supported in make-graph.');
  const part = node.PartitionedByClause ? present(node.PartitionedByClause.Entity) : null;
  const partName = part && isNode(part, 'NameReference') ? (part.SimpleName ?? '') : null;
  if (part && partName === null) binder.refuse(part, 'unsupported-argument', 'A graph is parted by a column.');
  const keyOf = (id: Expression, row: readonly Column[]): Column[] =>
    [...(partName === null ? [] : [partName]), nameOf(binder, id)].map(
      (name) =>
        columnNamed(row, name) ??
        binder.refuse(part ?? id, 'unsupported-argument', `The graph needs a column '${name}' in each of its tables.`),
    );
  const number = binder.columns.make('edge', 'long');
  const numbered = project(input, [...input.columns.map(keep), { column: number, expr: rowNumber([]) }]);
  const edges = binder.share(numbered);
  const place = (column: Column): number => numbered.columns.indexOf(column);
  const [from, to] = [node.SourceColumn, node.TargetColumn].map((id) => keyOf(present(id), input.columns));
  const [source, target] = [present(from), present(to)].map((key) => key.map(place)) as [number[], number[]];
  if (from?.at(-1)?.type !== to?.at(-1)?.type)
    binder.refuse(node, 'unsupported-argument', 'The two ends of the edges must be of one type: convert one of them.');
  const graph = { edges, source, target, edgeNumber: place(number), edgeProperties: input.columns.length };
  return { ...graph, ...makeNodes(binder, node, graph, keyOf, scope) };
}

function nameOf(binder: Binder, node: Expression): string {
  if (isNode(node, 'NameReference')) return node.SimpleName ?? '';
  return binder.refuse(node, 'unsupported-argument', 'Nodes are told apart by a column.');
}

function rowNumber(partition: readonly Expr[]): Expr {
  const emit = (_args: unknown, over: string): string => `row_number() ${over}`;
  return { kind: 'window', type: 'long', args: [], partition, running: false, emit };
}

type EdgeTable = Pick<Graph, 'edges' | 'source' | 'target'>;
type NodeTable = Pick<Graph, 'nodes' | 'nodeKey' | 'nodeProperties'>;

/** The nodes that the tables give, and those that edges alone name: of them the id is all that is known. */
function makeNodes(
  binder: Binder,
  node: Nodes['MakeGraphOperator'],
  graph: EdgeTable,
  keyOf: (id: Expression, row: readonly Column[]) => Column[],
  scope: Scope,
): NodeTable {
  const ends = endsOf(binder, graph);
  const clause = node.WithClause;
  if (!isNode(clause, 'MakeGraphWithTablesAndKeysClause')) {
    const named = isNode(clause, 'MakeGraphWithImplicitIdClause') ? (clause.Name?.SimpleName ?? '') : null;
    const id = present(ends.columns.at(-1));
    const shown: Item[] = named === null ? [] : [{ column: binder.columns.make(named, id.type), expr: ref(id) }];
    const key = ends.columns.map((column): Item => ({ column: binder.columns.like(column), expr: ref(column) }));
    const nodes = project(ends, [...shown, ...key]);
    return {
      nodes: binder.share(nodes),
      nodeKey: key.map((item) => nodes.columns.indexOf(item.column)),
      nodeProperties: shown.length,
    };
  }
  const tables = elements(clause.TablesAndKeys).map((entry): NodeRows => {
    const rows = binder.tabular(entry.Table, scope);
    const key = keyOf(present(entry.Column), rows.columns);
    key.forEach((column, i) => {
      if (column.type === ends.columns[i]?.type) return;
      const message = `The column '${column.name}' must have the type of the edges' ends: ${ends.columns[i]?.type}.`;
      binder.refuse(present(entry.Column), 'unsupported-argument', message);
    });
    const own = key.map((column): Item => ({ column: binder.columns.like(column), expr: ref(column) }));
    const nth = binder.columns.make('nth', 'long');
    const counted = project(rows, [
      ...rows.columns.map(keep),
      ...own,
      { column: nth, expr: rowNumber(key.map((column) => ref(column))) },
    ]);
    const first = filter(
      counted,
      native('bool', [ref(nth)], ([n]) => `${n?.sql} = 1`),
    );
    return {
      plan: project(first, [...rows.columns, ...own.map((item) => item.column)].map(keep)),
      key: own.map((item) => item.column),
      properties: rows.columns,
      ids: new Set([present(key.at(-1)).name]),
    };
  });
  const edgesOnly: NodeRows = { plan: ends, key: ends.columns, properties: [], ids: new Set() };
  const all = [...tables.slice(1), edgesOnly].reduce(
    (left, right) => merged(binder, node, left, right),
    tables[0] as NodeRows,
  );
  return {
    nodes: binder.share(all.plan),
    nodeKey: all.key.map((column) => all.plan.columns.indexOf(column)),
    nodeProperties: all.properties.length,
  };
}

interface NodeRows {
  /** Properties, then the key. */
  readonly plan: Plan;
  readonly key: readonly Column[];
  readonly properties: readonly Column[];
  /** Names of the properties that hold a node's id. */
  readonly ids: ReadonlySet<string>;
}

/** The nodes of two tables; one that both have is one node with the properties of both. */
function merged(binder: Binder, node: Nodes['MakeGraphOperator'], left: NodeRows, right: NodeRows): NodeRows {
  const ids = new Set([...left.ids, ...right.ids]);
  const key = left.key.map(
    (column, i): Item => ({ column: binder.columns.like(column), expr: either(column, right.key[i]) }),
  );
  const names = [...new Set([...left.properties, ...right.properties].map((column) => column.name))];
  const shown = names.map((name): Item => {
    const [a, b] = [columnNamed(left.properties, name), columnNamed(right.properties, name)];
    if (a && b && a.type !== b.type)
      binder.refuse(
        node,
        'unsupported-argument',
        `The nodes have the property '${name}' with two types: rename one of them.`,
      );
    const of = present(a ?? b);
    const expr = ids.has(name) ? present(key.at(-1)).expr : either(of, a ? b : undefined);
    return { column: binder.columns.make(name, of.type), expr };
  });
  const plan = join({
    join: 'full',
    left: left.plan,
    right: right.plan,
    on: left.key.map((column, i) => ({ left: ref(column), right: ref(present(right.key[i])) })),
    unique: false,
    items: [...shown, ...key],
  });
  return { plan, key: key.map((item) => item.column), properties: shown.map((item) => item.column), ids };
}

/** The value of the side that has one. */
function either(one: Column, other: Column | undefined): Expr {
  if (!other) return orNone(ref(one));
  return orNone(native(one.type, [ref(one), ref(other)], ([a, b]) => `coalesce(${a?.sql}, ${b?.sql})`));
}

/** The keys of all nodes that edges begin or end at, each once. */
function endsOf(binder: Binder, { edges, source, target }: EdgeTable): Plan {
  const columns = at(edges.plan, source).map((column) => binder.columns.like(column));
  const inputs = [source, target].map((key) => {
    const plan = binder.reuse(edges);
    return { plan, exprs: at(plan, key).map((column, i) => converted(ref(column), present(columns[i]).type)) };
  });
  const ends = union(columns, inputs);
  const known = filter(
    ends,
    native(
      'bool',
      columns.map((column) => ref(column)),
      (args) => args.map((arg) => `${arg.sql} IS NOT NULL`).join(' AND '),
    ),
  );
  return aggregate(
    known,
    columns.map((column): Item => ({ column: binder.columns.like(column), expr: ref(column) })),
    [],
  );
}

/** The nodes of a graph with how many edges end (`in`) or begin (`out`) at each. */
export function withDegrees(
  binder: Binder,
  graph: Graph,
): { readonly plan: Plan; readonly in: Column; readonly out: Column } {
  let plan: Plan = binder.reuse(graph.nodes);
  const width = plan.columns.length;
  for (const key of [graph.target, graph.source]) {
    const edges = binder.reuse(graph.edges);
    const keys = at(edges, key).map((column): Item => ({ column: binder.columns.like(column), expr: ref(column) }));
    const count = binder.columns.make('count', 'long');
    const counts = aggregate(edges, keys, [aggregateCall(count, present(aggregates.get('count')), [])]);
    const on = at(plan, graph.nodeKey).map((column, i) => ({ left: ref(column), right: ref(present(keys[i]).column) }));
    const items = [...plan.columns.map((column): Item => ({ column: binder.columns.like(column), expr: ref(column) }))];
    const degree = native(
      'long',
      [ref(count), literal(0n, 'long')],
      ([n, none]) => `coalesce(${n?.sql}, ${none?.sql})`,
    );
    items.push({ column: binder.columns.make('degree', 'long'), expr: degree });
    plan = join({ join: 'left', left: plan, right: counts, on, unique: false, items });
  }
  return { plan, in: present(plan.columns[width]), out: present(plan.columns[width + 1]) };
}
