/// <reference types="@kusto/language-service-next" />
/**
 * `graph-match`: all places of a graph where a pattern fits. The pattern is followed from its first node on: each edge is
 * a join, and an edge of variable length as many joins as it may have steps.
 */
import { embed } from '../../functions/conversion.js';
import type { Arg } from '../../functions/registry.js';
import { filter, join, keep, literal, native, project, ref, union } from '../../plan/make.js';
import type { Column, Expr, Item, Plan, Shared } from '../../plan/plan.js';
import { columnsOf, type Expression, elements, isNode, type Node, type Nodes, present } from '../../syntax.js';
import type { KqlType } from '../../types.js';
import type { Binder } from '../binder.js';
import { converted } from '../build.js';
import { callArguments } from '../declared.js';
import { bindItems } from '../items.js';
import { bindLiteral } from '../literals.js';
import { computed } from '../operators/columns.js';
import { conjuncts } from '../operators/rows.js';
import { parameter } from '../parameters.js';
import { type Scope, withRow } from '../scope.js';
import { at, withDegrees } from './graph.js';
import type { EdgeElement, NodeElement } from './pattern.js';
import type { Graph } from './shape.js';
import { shortestPaths } from './shortest.js';
import { State } from './state.js';
import { type Call, callsIn, descendants, type NameReference, nameOf, namesIn } from './walk.js';

type Cycles = 'all' | 'none' | 'unique_edges';
type Matching = Nodes['GraphMatchOperator'] | Nodes['GraphShortestPathsOperator'];

/** Most steps that an edge of variable length may have. */
const MOST_STEPS = 32;

/** `map(e, …)`, `all(e, …)` or `any(e, …)`, over the edges of an edge of variable length or the nodes within it. */
interface Gathered {
  readonly role: string;
  readonly kind: 'map' | 'all' | 'any';
  readonly edge: string;
  readonly inner: boolean;
  readonly of: Expression;
}

const DEGREES: ReadonlySet<string> = new Set(['node_degree_in', 'node_degree_out']);

/** Functions of graphs, for the support matrix. */
export const graphFunctionNames: readonly string[] = ['all', 'any', 'inner_nodes', 'map', ...DEGREES];

/**
 * Binds `graph-match` and `graph-shortest-paths` over a graph.
 *
 * @throws KqlError at the part of the pattern that is not supported
 */
export function matchGraph(binder: Binder, node: Matching, graph: Graph, scope: Scope): Plan {
  return new Match(binder, node, graph, scope).plan();
}

class Match {
  private readonly cycles: Cycles;
  private readonly sequences: readonly (readonly (NodeElement | EdgeElement)[])[];
  private readonly edges = new Map<string, EdgeElement>();
  private readonly gathered = new Map<number, Gathered>();
  private readonly degreesUsed: boolean;
  private readonly namesUsed = new Set<string>();
  private conditions: { readonly node: Expression; readonly names: ReadonlySet<string> }[];

  constructor(
    private readonly binder: Binder,
    private readonly node: Matching,
    private readonly graph: Graph,
    private readonly scope: Scope,
  ) {
    const cycles = parameter(node.Parameters, 'cycles') ?? 'unique_edges';
    if (cycles !== 'all' && cycles !== 'none' && cycles !== 'unique_edges')
      throw binder.refuse(node, 'unsupported-argument', `'cycles' is all, none or unique_edges, not '${cycles}'.`);
    this.cycles = cycles;
    this.sequences = elements(node.Patterns).map((pattern, i) => this.sequence(pattern, i));
    if (cycles === 'none' && this.sequences.length > 1) {
      const message = 'What is a cycle among several sequences is not documented: cycles=none takes a single sequence.';
      binder.refuse(node, 'unsupported-argument', message);
    }
    const condition = node.WhereClause?.Condition ?? null;
    const written = [condition, ...elements(node.ProjectClause?.Expressions ?? null)].flatMap((part) => part ?? []);
    const calls = written.flatMap((part) => callsIn(part));
    this.degreesUsed = calls.some((call) => DEGREES.has(nameOf(call)));
    for (const call of calls) this.gather(call);
    for (const part of written) this.refuseValuesOfSteps(part);
    for (const part of written) for (const name of namesIn(part)) this.namesUsed.add(name);
    this.conditions = (condition ? conjuncts(condition) : []).map((part) => ({ node: part, names: namesIn(part) }));
  }

  plan(): Plan {
    let state: State | null = null;
    for (const sequence of this.sequences) state = this.follow(sequence, state);
    const matched = this.filtered(present(state), true);
    const entries = bindItems(this.binder, present(this.node.ProjectClause).Expressions, this.inner(matched));
    const shortest = isNode(this.node, 'GraphShortestPathsOperator')
      ? shortestPaths(this.binder, this.node, this.sequences, matched)
      : matched.plan;
    return computed(this.binder, shortest, entries, columnsOf(this.node.ResultType));
  }

  private sequence(pattern: Nodes['GraphMatchPattern'], n: number): (NodeElement | EdgeElement)[] {
    const list = present(pattern.PatternElements);
    return Array.from({ length: list.Count }, (_, i) => {
      const element = present(list.getItem(i)) as Node;
      if (isNode(element, 'GraphMatchPatternNode'))
        return { name: element.Name?.SimpleName ?? `(${n}.${i})`, node: element };
      if (!isNode(element, 'GraphMatchPatternEdge'))
        return this.binder.refuse(element, 'unsupported-argument', 'The pattern of graph-match cannot be read.');
      const edge = this.edge(element, element.Name?.SimpleName ?? `-${n}.${i}-`);
      this.edges.set(edge.name, edge);
      return edge;
    });
  }

  private edge(node: Nodes['GraphMatchPatternEdge'], name: string): EdgeElement {
    const [first, last] = [node.FirstToken?.Text ?? '', node.LastToken?.Text ?? node.FirstToken?.Text ?? ''];
    const direction = last.endsWith('>') ? 'out' : first.startsWith('<') ? 'in' : 'any';
    if (first.startsWith('<') && last.endsWith('>'))
      this.binder.refuse(node, 'unsupported-argument', 'An edge has one direction, or either: write -[e]-.');
    if (!node.Range) return { name, node, direction };
    const least = this.steps(node.Range.RangeStart ?? node.Range.RangeEnd);
    const most = node.Range.RangeEnd ? this.steps(node.Range.RangeEnd) : least;
    if (least < 1 || most < least || most > MOST_STEPS)
      this.binder.refuse(node, 'unsupported-argument', `An edge of variable length has from 1 to ${MOST_STEPS} steps.`);
    return { name, node, direction, steps: [least, most] };
  }

  private steps(node: Expression | null): number {
    // The parser leaves these numbers without a type.
    const bound = !node
      ? null
      : isNode(node, 'LiteralExpression')
        ? bindLiteral(this.binder, node, 'long')
        : this.binder.expression(node, this.scope);
    if (bound?.kind === 'literal' && typeof bound.value === 'bigint') return Number(bound.value);
    return this.binder.refuse(node ?? this.node, 'unsupported-argument', 'The steps of an edge are constant integers.');
  }

  private refuseValuesOfSteps(part: Expression): void {
    for (const path of descendants(part)) {
      if (!isNode(path, 'PathExpression') || !isNode(path.Expression, 'NameReference')) continue;
      const edge = path.Expression.SimpleName ?? '';
      if (!this.edges.get(edge)?.steps) continue;
      const property = isNode(path.Selector, 'NameReference') ? (path.Selector.SimpleName ?? '') : '…';
      const message = `'${edge}' has several steps, each with a value of its own: write map(${edge}, ${property}), or all() or any() in a condition.`;
      this.binder.refuse(path, 'unsupported-argument', message);
    }
  }

  /** Notes what a call needs of each step of an edge of variable length. */
  private gather(call: Call): void {
    const kind = nameOf(call);
    if (kind !== 'map' && kind !== 'all' && kind !== 'any') return;
    const [over, of] = callArguments(call);
    const inner = isNode(over ?? null, 'FunctionCallExpression');
    const named = inner ? callArguments(over as Call)[0] : over;
    const edge = isNode(named ?? null, 'NameReference')
      ? this.edges.get((named as NameReference).SimpleName ?? '')
      : undefined;
    if (!edge?.steps || !of) {
      const message = `${kind}() takes an edge of variable length, or inner_nodes() of one.`;
      this.binder.refuse(call, 'unsupported-argument', message);
    }
    const place = call.TextStart;
    this.gathered.set(place, { role: `${kind}:${place}`, kind, edge: edge.name, inner, of });
  }

  private gatheredOf(edge: EdgeElement, inner: boolean): Gathered[] {
    return [...this.gathered.values()].filter((item) => item.edge === edge.name && item.inner === inner);
  }

  private follow(sequence: readonly (NodeElement | EdgeElement)[], from: State | null): State {
    const [first, ...rest] = sequence;
    let state = this.enter(present(first), from);
    let place = present(first).name;
    for (let i = 0; i + 1 < rest.length; i += 2) {
      const [edge, node] = [rest[i] as EdgeElement, rest[i + 1] as NodeElement];
      state = this.filtered(this.walked(state, place, edge, node));
      place = node.name;
    }
    return state;
  }

  /** The first node of a sequence: one that is known already, or any. */
  private enter(node: NodeElement, state: State | null): State {
    if (state?.has(`id:${node.name}:0`)) return state;
    const nodes = this.nodes(node.name);
    if (!state) return this.filtered(nodes);
    return this.filtered(this.joined(state, nodes.plan, [], nodes.roles));
  }

  /** Follows an edge from a node that is known. */
  private walked(state: State, from: string, edge: EdgeElement, node: NodeElement): State {
    const known = state.has(`id:${node.name}:0`);
    if (known && this.cycles === 'none')
      this.binder.refuse(node.node, 'unsupported-argument', 'With cycles=none a pattern cannot come back to a node.');
    const stepped = edge.steps ? this.manySteps(state, from, edge, edge.steps) : this.oneStep(state, from, edge);
    if (known) return this.kept(stepped, this.pairs(stepped, 'to', node.name));
    const renamed = new Map(
      [...stepped.roles].map(([role, column]) => [role.replace(/^to:/, `id:${node.name}:`), column]),
    );
    const arrived = new State(stepped.plan, renamed);
    if (!this.namesUsed.has(node.name)) return arrived;
    const nodes = this.nodes(node.name);
    const on = this.graph.nodeKey.map((_, i) => ({
      left: ref(arrived.column(`id:${node.name}:${i}`)),
      right: ref(nodes.column(`id:${node.name}:${i}`)),
    }));
    const added = new Map([...nodes.roles].filter(([role]) => !arrived.has(role)));
    return this.joined(arrived, nodes.plan, on, added);
  }

  private pairs(state: State, one: string, node: string): Expr {
    const columns = this.graph.nodeKey.flatMap((_, i) => [
      state.column(`${one}:${i}`),
      state.column(`id:${node}:${i}`),
    ]);
    return native(
      'bool',
      columns.map((column) => ref(column)),
      equalPairs,
    );
  }

  /** All edges in the direction of the pattern: where each leads from and to, its number and properties. */
  private hops(edge: EdgeElement, pruned: boolean): State {
    const sides = { out: [false], in: [true], any: [false, true] }[edge.direction];
    const gathered = this.gatheredOf(edge, false);
    const parts = sides.map((backwards) => {
      let plan: Plan = this.binder.reuse(this.graph.edges);
      const ends = [at(plan, this.graph.source), at(plan, this.graph.target)] as const;
      const [from, to] = backwards ? [ends[1], ends[0]] : ends;
      const properties = plan.columns.slice(0, this.graph.edgeProperties);
      const number = present(plan.columns[this.graph.edgeNumber]);
      const row = { ...withRow(this.scope, properties) };
      const exprs = gathered.map((item): [string, Expr] => [
        item.role,
        this.step(item, this.binder.expression(item.of, row)),
      ]);
      // An edge from a node to itself has one direction only.
      if (backwards && sides.length > 1)
        plan = filter(
          plan,
          native(
            'bool',
            [...ends[0], ...ends[1]].map((column) => ref(column)),
            someDiffer,
          ),
        );
      if (pruned) for (const condition of this.pruning(edge, row)) plan = filter(plan, condition);
      const items: [string, Expr][] = [
        ...from.map((column, i): [string, Expr] => [`from:${i}`, ref(column)]),
        ...to.map((column, i): [string, Expr] => [`to:${i}`, ref(column)]),
        [`edge:${edge.name}`, ref(number)],
        ...(edge.steps ? [] : properties.map((column): [string, Expr] => [`${edge.name}.${column.name}`, ref(column)])),
        ...exprs,
      ];
      return this.made(plan, items);
    });
    const [one, other] = parts;
    if (!other) return present(one);
    const columns = present(one).plan.columns.map((column) => this.binder.columns.like(column));
    const inputs = parts.map(({ plan }) => ({ plan, exprs: plan.columns.map((column) => ref(column)) }));
    const roles = [...present(one).roles.keys()];
    return new State(union(columns, inputs), new Map(roles.map((role, i) => [role, present(columns[i])])));
  }

  /** Conditions that each step must meet: those of `all(e, …)`, where they stand alone. */
  private pruning(edge: EdgeElement, row: Scope): Expr[] {
    return this.conditions.flatMap(({ node }) => {
      const call = isNode(node, 'FunctionCallExpression') ? this.gathered.get(node.TextStart) : undefined;
      if (call?.kind !== 'all' || call.inner || call.edge !== edge.name) return [];
      return [converted(this.binder.expression(call.of, row), 'bool')];
    });
  }

  /** What is gathered of one step: text of JSON for `map`, else a truth value. */
  private step(item: Gathered, expr: Expr): Expr {
    if (item.kind !== 'map') return native('bool', [converted(expr, 'bool')], ([of]) => `coalesce(${of?.sql}, false)`);
    return native('string', [expr], ([of], context) => `coalesce(${embed(present(of), context)}, 'null')`);
  }

  private oneStep(state: State, from: string, edge: EdgeElement): State {
    const hops = this.hops(edge, false);
    const on = this.graph.nodeKey.map((_, i) => ({
      left: ref(state.column(`id:${from}:${i}`)),
      right: ref(hops.column(`from:${i}`)),
    }));
    const added = new Map([...hops.roles].filter(([role]) => !role.startsWith('from:')));
    const joined = this.joined(state, hops.plan, on, added);
    return this.kept(joined, this.fresh(joined, edge, [ref(joined.column(`edge:${edge.name}`))], []));
  }

  private manySteps(state: State, from: string, edge: EdgeElement, [least, most]: readonly [number, number]): State {
    const hops = this.hops(edge, true);
    const shared = this.binder.share(hops.plan);
    const [edgeItems, nodeItems] = [this.gatheredOf(edge, false), this.gatheredOf(edge, true)];
    const places = [...hops.roles.keys()];
    const empty = (role: string, type: KqlType): [string, Expr] => [
      role,
      native(type, [], () => (type === 'bool' ? 'true' : '[]')),
    ];
    const ends: State[] = [];
    let level = this.extended(state, [
      ...this.graph.nodeKey.map((_, i): [string, Expr] => [`to:${i}`, ref(state.column(`id:${from}:${i}`))]),
      [`edges:${edge.name}`, native('dynamic', [], () => '[]::BIGINT[]')],
      ...this.graph.nodeKey.map((_, i): [string, Expr] => [`within:${edge.name}:${i}`, this.listOf([], i)]),
      ...[...edgeItems, ...nodeItems].map(({ role, kind }): [string, Expr] =>
        kind === 'map'
          ? [role, native('dynamic', [], () => '[]::VARCHAR[]')]
          : kind === 'all'
            ? empty(role, 'bool')
            : [role, literal(false, 'bool')],
      ),
    ]);
    for (let n = 1; n <= most; n++) {
      if (n > 1) level = this.passed(level, edge, nodeItems);
      level = this.stepped(level, edge, shared, places, edgeItems);
      const once: Shared = this.binder.share(level.plan);
      const roles = [...level.roles.keys()];
      const again = (): State => this.reused(once, level.plan, level.roles, roles);
      if (n >= least) ends.push(again());
      level = again();
    }
    const [one, ...others] = ends;
    if (others.length === 0) return present(one);
    const roles = [...present(one).roles];
    const columns = roles.map(([, column]) => this.binder.columns.like(column));
    const inputs = ends.map((end) => ({ plan: end.plan, exprs: roles.map(([role]) => ref(end.column(role))) }));
    return new State(union(columns, inputs), new Map(roles.map(([role], i) => [role, present(columns[i])])));
  }

  private reused(shared: Shared, plan: Plan, roles: ReadonlyMap<string, Column>, names: readonly string[]): State {
    const again = this.binder.reuse(shared);
    const columns = names.map((role) => present(again.columns[plan.columns.indexOf(present(roles.get(role)))]));
    return new State(again, new Map(names.map((role, i) => [role, present(columns[i])])));
  }

  /** One more step; what the steps before have gathered grows by what this one has. */
  private stepped(
    level: State,
    edge: EdgeElement,
    hops: Shared,
    places: readonly string[],
    items: readonly Gathered[],
  ): State {
    const plan = this.binder.reuse(hops);
    const hop = new Map(places.map((role, i) => [role, present(plan.columns[i])]));
    const of = (role: string): Column => present(hop.get(role));
    const on = this.graph.nodeKey.map((_, i) => ({ left: ref(level.column(`to:${i}`)), right: ref(of(`from:${i}`)) }));
    const next = new Map<string, Expr>([
      ...this.graph.nodeKey.map((_, i): [string, Expr] => [`to:${i}`, ref(of(`to:${i}`))]),
      [`edges:${edge.name}`, appended(level.column(`edges:${edge.name}`), of(`edge:${edge.name}`))],
      ...items.map((item): [string, Expr] => [item.role, grown(item, level.column(item.role), of(item.role))]),
    ]);
    const number = this.binder.columns.make('edge', 'long');
    const rows = [...level.roles].map(([role, column]): [string, Item] => [
      role,
      { column: this.binder.columns.like(column), expr: next.get(role) ?? ref(column) },
    ]);
    const before = this.binder.columns.make('before', 'dynamic');
    const joined = join({
      join: 'inner',
      left: level.plan,
      right: plan,
      on,
      unique: false,
      items: [
        ...rows.map(([, item]) => item),
        { column: number, expr: ref(of(`edge:${edge.name}`)) },
        { column: before, expr: ref(level.column(`edges:${edge.name}`)) },
      ],
    });
    const state = new State(joined, new Map(rows.map(([role, item]) => [role, item.column])));
    const kept = this.kept(state, this.fresh(state, edge, [ref(number)], [before]));
    return new State(project(kept.plan, [...kept.roles.values()].map(keep)), kept.roles);
  }

  /** Between two steps: the node that was reached becomes one of those within the edge. */
  private passed(level: State, edge: EdgeElement, items: readonly Gathered[]): State {
    const within = this.graph.nodeKey.map((_, i): [string, Expr] => [
      `within:${edge.name}:${i}`,
      appended(level.column(`within:${edge.name}:${i}`), level.column(`to:${i}`)),
    ]);
    if (items.length === 0) return this.extended(level, within);
    const nodes = this.nodes('', items);
    const on = this.graph.nodeKey.map((_, i) => ({
      left: ref(level.column(`to:${i}`)),
      right: ref(nodes.column(`id::${i}`)),
    }));
    const next = new Map<string, Expr>([
      ...within,
      ...items.map((item): [string, Expr] => [
        item.role,
        grown(item, level.column(item.role), nodes.column(item.role)),
      ]),
    ]);
    const rows = [...level.roles].map(([role, column]): [string, Item] => [
      role,
      { column: this.binder.columns.like(column), expr: next.get(role) ?? ref(column) },
    ]);
    const plan = join({
      join: 'inner',
      left: level.plan,
      right: nodes.plan,
      on,
      unique: false,
      items: rows.map(([, item]) => item),
    });
    return new State(plan, new Map(rows.map(([role, item]) => [role, item.column])));
  }

  /** Whether a step repeats nothing that `cycles` forbids to repeat. `before` are the steps before it of the same edge. */
  private fresh(state: State, edge: EdgeElement, number: readonly Expr[], before: readonly Column[]): Expr {
    if (this.cycles === 'all') return literal(true, 'bool');
    if (this.cycles === 'unique_edges') {
      const others = [...state.roles].flatMap(([role, column]) =>
        role.startsWith('edge:') && role !== `edge:${edge.name}` ? [ref(column)] : [],
      );
      const lists = [...state.roles].flatMap(([role, column]) =>
        role.startsWith('edges:') && role !== `edges:${edge.name}` ? [column] : [],
      );
      const all = [...lists, ...before].map((column) => ref(column));
      return native('bool', [...number, ...others, ...all], ([own, ...rest]) =>
        [
          'true',
          ...rest.map((arg, i) =>
            i < others.length ? `${own?.sql} <> ${arg.sql}` : `NOT list_contains(${arg.sql}, ${own?.sql})`,
          ),
        ].join(' AND '),
      );
    }
    const nodes = [
      ...new Set(
        [...state.roles.keys()].flatMap((role) =>
          role.startsWith('id:') ? [role.slice(0, role.lastIndexOf(':'))] : [],
        ),
      ),
    ];
    const lists = [
      ...new Set(
        [...state.roles.keys()].flatMap((role) =>
          role.startsWith('within:') ? [role.slice(0, role.lastIndexOf(':'))] : [],
        ),
      ),
    ];
    const last = this.graph.nodeKey.length - 1;
    // Within one part of the graph the id alone tells nodes apart.
    const to = ref(state.column(`to:${last}`));
    const args = [...nodes, ...lists].map((role) => ref(state.column(`${role}:${last}`)));
    return native('bool', [to, ...args], ([own, ...rest]) =>
      [
        'true',
        ...rest.map((arg, i) =>
          i < nodes.length ? `${own?.sql} IS DISTINCT FROM ${arg.sql}` : `NOT list_contains(${arg.sql}, ${own?.sql})`,
        ),
      ].join(' AND '),
    );
  }

  private listOf(columns: readonly Column[], place: number): Expr {
    const [type] = at(this.graph.nodes.plan, [present(this.graph.nodeKey[place])]).map((column) => column.type);
    return native(
      'dynamic',
      [literal(null, present(type)), ...columns.map((column) => ref(column))],
      ([none]) => `list_filter([${none?.sql}], lambda x: false)`,
    );
  }

  /** The nodes of the graph under a name of the pattern, with what is gathered of them. */
  private nodes(name: string, items: readonly Gathered[] = []): State {
    const degrees = this.degreesUsed ? withDegrees(this.binder, this.graph) : null;
    const plan: Plan = degrees?.plan ?? this.binder.reuse(this.graph.nodes);
    const properties = plan.columns.slice(0, this.graph.nodeProperties);
    const roles: [string, Expr][] = [
      ...at(plan, this.graph.nodeKey).map((column, i): [string, Expr] => [`id:${name}:${i}`, ref(column)]),
      ...properties.map((column): [string, Expr] => [`${name}.${column.name}`, ref(column)]),
      ...(degrees
        ? ([
            [`node_degree_in:${name}`, ref(degrees.in)],
            [`node_degree_out:${name}`, ref(degrees.out)],
          ] as [string, Expr][])
        : []),
    ];
    const graph = (call: Call): Expr | undefined => {
      const own = { node_degree_in: degrees?.in, node_degree_out: degrees?.out }[nameOf(call)];
      return own && callArguments(call).length === 0 ? ref(own) : undefined;
    };
    const row = { ...withRow(this.scope, properties), graph };
    for (const item of items) roles.push([item.role, this.step(item, this.binder.expression(item.of, row))]);
    return this.made(plan, roles);
  }

  private made(plan: Plan, exprs: readonly (readonly [string, Expr])[]): State {
    const rows = exprs.map(([role, expr]): [string, Item] => {
      const name = expr.kind === 'column' ? expr.column.name : role;
      return [role, { column: this.binder.columns.make(name, expr.type), expr }];
    });
    return new State(
      project(
        plan,
        rows.map(([, item]) => item),
      ),
      new Map(rows.map(([role, item]) => [role, item.column])),
    );
  }

  private extended(state: State, exprs: readonly (readonly [string, Expr])[]): State {
    const next = new Map<string, Expr>([...state.roles].map(([role, column]) => [role, ref(column)]));
    for (const [role, expr] of exprs) next.set(role, expr);
    return this.made(state.plan, [...next]);
  }

  private joined(
    state: State,
    right: Plan,
    on: readonly { readonly left: Expr; readonly right: Expr }[],
    added: ReadonlyMap<string, Column>,
  ): State {
    const rows = [...state.roles, ...added].map(([role, column]): [string, Item] => [
      role,
      { column: this.binder.columns.like(column), expr: ref(column) },
    ]);
    const plan = join({
      join: 'inner',
      left: state.plan,
      right,
      on,
      unique: false,
      items: rows.map(([, item]) => item),
    });
    return new State(plan, new Map(rows.map(([role, item]) => [role, item.column])));
  }

  private kept(state: State, condition: Expr): State {
    if (condition.kind === 'literal' && condition.value === true) return state;
    return new State(filter(state.plan, condition), state.roles);
  }

  /** Applies the conditions of which all names are known, or all that are left. */
  private filtered(state: State, last = false): State {
    const known = (name: string): boolean =>
      state.has(`id:${name}:0`) || state.has(`edge:${name}`) || state.has(`edges:${name}`);
    const named = (name: string): boolean =>
      this.edges.has(name) || this.sequences.some((sequence) => sequence.some((element) => element.name === name));
    const ready = this.conditions.filter(
      ({ names }) => last || [...names].every((name) => !named(name) || known(name)),
    );
    this.conditions = this.conditions.filter((condition) => !ready.includes(condition));
    return ready.reduce(
      (kept, { node }) => this.kept(kept, converted(this.binder.expression(node, this.inner(kept)), 'bool')),
      state,
    );
  }

  /** Where the condition and the projection stand: `x.name`, `map(e, …)`, `node_degree_in(x)`. */
  private inner(state: State): Scope {
    const steps = new Map<string, readonly Column[]>();
    for (const sequence of this.sequences) for (const { name } of sequence) steps.set(name, state.rolesOf(`${name}.`));
    const graph = (call: Call): Expr | undefined => {
      const item = this.gathered.get(call.TextStart);
      if (item) {
        const column = ref(state.column(item.role));
        if (item.kind !== 'map') return column;
        return native('dynamic', [column], ([list]) => `'[' || array_to_string(${list?.sql}, ',') || ']'`);
      }
      if (!DEGREES.has(nameOf(call))) return undefined;
      const [of] = callArguments(call);
      const role = `${nameOf(call)}:${isNode(of ?? null, 'NameReference') ? (of as NameReference).SimpleName : ''}`;
      return state.has(role) ? ref(state.column(role)) : undefined;
    };
    return { ...withRow(this.scope, []), steps, graph };
  }
}

function appended(list: Column, item: Column): Expr {
  return native('dynamic', [ref(list), ref(item)], ([of, last]) => `list_append(${of?.sql}, ${last?.sql})`);
}

function grown(item: Gathered, sofar: Column, now: Column): Expr {
  if (item.kind === 'map') return appended(sofar, now);
  const word = item.kind === 'all' ? 'AND' : 'OR';
  return native('bool', [ref(sofar), ref(now)], ([a, b]) => `(${a?.sql} ${word} ${b?.sql})`);
}

function equalPairs(args: readonly Arg[]): string {
  const pairs = args.flatMap((arg, i) => (i % 2 === 0 ? [`${arg.sql} = ${args[i + 1]?.sql}`] : []));
  return pairs.join(' AND ');
}

function someDiffer(args: readonly Arg[]): string {
  const half = args.length / 2;
  return `(${args
    .slice(0, half)
    .map((arg, i) => `${arg.sql} IS DISTINCT FROM ${args[half + i]?.sql}`)
    .join(' OR ')})`;
}
